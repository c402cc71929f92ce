internal import NIOCore

/// What a record of `_offsets` is about.
///
/// ```
/// offset   int16 1 │ group string │ topic string │ partition int32
/// group    int16 2 │ group string
/// ```
/// Big-endian; a string is an int16 length and UTF-8. Source: Kafka's own `__consumer_offsets`.
package enum GroupRecordKey: Hashable, Sendable {
    /// What a group committed in a partition.
    case offset(group: String, TopicPartition)
    /// The state of a group.
    case group(String)

    static let offsetVersion: Int16 = 1
    static let groupVersion: Int16 = 2

    /// Reads a record's key.
    ///
    /// - Parameter bytes: the whole key.
    /// - Throws: `KafkaWireError`; ``KafkaWireError/Code/unsupportedVersion(_:)`` for what a newer version wrote.
    package init(reading bytes: [UInt8]) throws(KafkaWireError) {
        var fields = RequestFields(ByteBuffer(bytes: bytes))
        let version = try fields.integer(Int16.self)
        switch version {
        case Self.offsetVersion:
            let group = try fields.string()
            let topic = try fields.string()
            self = .offset(group: group, TopicPartition(topic: topic, partition: try fields.integer()))
        case Self.groupVersion: self = .group(try fields.string())
        default: throw KafkaWireError(.unsupportedVersion(version), at: 0)
        }
        try fields.finish()
    }

    /// The record's key.
    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        switch self {
        case .offset(let group, let place):
            buffer.writeInteger(Self.offsetVersion)
            buffer.writeKafkaString(group)
            buffer.writeKafkaString(place.topic)
            buffer.writeInteger(place.partition)
        case .group(let group):
            buffer.writeInteger(Self.groupVersion)
            buffer.writeKafkaString(group)
        }
        return Array(buffer.readableBytesView)
    }
}
