package import TelemetryModel

/// When a property was last written, and by which `$version`.
package struct WriteStamp: Hashable, Sendable {
    /// `$lastUpdated`.
    package var at: Timestamp
    /// `$lastUpdatedVersion`, the `$version` of its section that wrote it.
    package var version: Int64

    /// A stamp.
    package init(at: Timestamp, version: Int64) {
        self.at = at
        self.version = version
    }

    /// The stamp of what has none.
    static let none = WriteStamp(at: Timestamp(milliseconds: 0), version: 0)

    /// The form of `$lastUpdated`: ISO 8601 in UTC with the service's seven decimals, of which this gateway knows three.
    package static func text(_ time: Timestamp) -> String {
        var bytes = time.iso8601
        bytes.removeLast()
        bytes.append(contentsOf: "0000Z".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}
