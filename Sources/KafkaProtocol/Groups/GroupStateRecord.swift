internal import NIOCore

/// What `_offsets` says of a group: a record at each new generation and at its end.
///
/// ```
/// int16 3 │ protocol type string │ generation int32 │ protocol string? │ leader string? │ stamp int64 │ [members]
/// ```
/// Kafka's group metadata, version 3, with protocol and leader null and no members: after a restart members join again.
/// The stamp is when the last member left, or -1 while there are some.
package struct GroupStateRecord: Equatable, Sendable {
    /// `consumer` for consumers.
    package var protocolType: String
    /// The generation.
    package var generation: Int32
    /// Milliseconds since 1970 when the last member left; `nil` while there are members.
    package var emptySinceMilliseconds: Int64?

    static let version: Int16 = 3

    /// A state.
    package init(protocolType: String, generation: Int32, emptySinceMilliseconds: Int64?) {
        self.protocolType = protocolType
        self.generation = generation
        self.emptySinceMilliseconds = emptySinceMilliseconds
    }

    /// Reads a record's value.
    ///
    /// - Parameter bytes: the whole value, not empty.
    /// - Throws: `KafkaWireError`; ``KafkaWireError/Code/unsupportedVersion(_:)`` for what a newer version wrote.
    package init(reading bytes: [UInt8]) throws(KafkaWireError) {
        var fields = RequestFields(ByteBuffer(bytes: bytes))
        let version = try fields.integer(Int16.self)
        guard version == Self.version else { throw KafkaWireError(.unsupportedVersion(version), at: 0) }
        self.protocolType = try fields.string()
        self.generation = try fields.integer()
        _ = try fields.nullableString()
        _ = try fields.nullableString()
        let stamp = try fields.integer(Int64.self)
        self.emptySinceMilliseconds = stamp < 0 ? nil : stamp
        let memberCount = try fields.integer(Int32.self)
        guard memberCount == 0 else {
            throw KafkaWireError(.trailingBytes(fields.rest.readableBytes), at: fields.offset)
        }
        try fields.finish()
    }

    /// The record's value.
    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeInteger(Self.version)
        buffer.writeKafkaString(self.protocolType)
        buffer.writeInteger(self.generation)
        buffer.writeKafkaString(nil)
        buffer.writeKafkaString(nil)
        buffer.writeInteger(self.emptySinceMilliseconds ?? -1)
        buffer.writeInteger(Int32(0))
        return Array(buffer.readableBytesView)
    }
}
