/// How a topic is set, as the gateway answers it.
package struct TopicSettingsDescription: Codable, Equatable, Sendable {
    /// Age at which records are removed, by append time; `nil`: never.
    package var retentionMilliseconds: Int64?
    /// Bytes of the whole topic that are always kept; `nil`: no bound.
    package var retentionBytes: Int64?
    /// Bytes of a segment before the next one begins.
    package var segmentBytesMax: Int64
    /// Age of a segment at which the next one begins.
    package var segmentMillisecondsMax: Int64
    /// Bytes of one batch of a Kafka producer at most.
    package var messageBytesMax: Int64
    /// `append` or `create`.
    package var timestampType: String
}
