/// A topic of the log as the gateway answers it.
package struct TopicDescription: Codable, Equatable, Sendable {
    package var name: String
    /// `open`, `fenced` or `closed`.
    package var status: String
    /// Why it is fenced.
    package var reason: String?
    package var partitions: Int
    /// Records stored.
    package var records: Int64
    /// Bytes stored, frames included.
    package var bytes: Int64
    /// First stored offset of every partition.
    package var startOffsets: [Int64]
    /// One past the last synced offset of every partition.
    package var endOffsets: [Int64]
    /// Files of records; only of a topic asked for by name.
    package var segments: Int?
    /// How it is set; only of a topic asked for by name.
    package var settings: TopicSettingsDescription?
}
