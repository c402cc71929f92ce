internal import NIOCore

/// ```
/// int16 3 │ offset int64 │ leader epoch int32 │ metadata string │ stamp int64
/// ```
/// Kafka's offset commit value, version 3.
extension CommittedOffset {
    static let version: Int16 = 3

    /// Reads a record's value.
    ///
    /// - Parameter bytes: the whole value, not empty.
    /// - Throws: `KafkaWireError`; ``KafkaWireError/Code/unsupportedVersion(_:)`` for what a newer version wrote.
    package init(reading bytes: [UInt8]) throws(KafkaWireError) {
        var fields = RequestFields(ByteBuffer(bytes: bytes))
        let version = try fields.integer(Int16.self)
        guard version == Self.version else { throw KafkaWireError(.unsupportedVersion(version), at: 0) }
        self.offset = try fields.integer()
        self.leaderEpoch = try fields.integer()
        self.metadata = try fields.string()
        self.stampMilliseconds = try fields.integer()
        try fields.finish()
    }

    /// The record's value.
    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeInteger(Self.version)
        buffer.writeInteger(self.offset)
        buffer.writeInteger(self.leaderEpoch)
        buffer.writeKafkaString(self.metadata)
        buffer.writeInteger(self.stampMilliseconds)
        return Array(buffer.readableBytesView)
    }
}
