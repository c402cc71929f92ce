/// What a Kafka client may do, as Event Hubs names it. Source: contracts/kafka.md §9.
package struct KafkaRights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    /// Rights by their bits.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Fetch, offsets, groups.
    package static let listen = KafkaRights(rawValue: 1)
    /// Produce.
    package static let send = KafkaRights(rawValue: 2)
    /// Create and delete topics, add partitions, see configurations, delete groups.
    package static let manage = KafkaRights(rawValue: 4)
    /// All three.
    package static let all: KafkaRights = [.listen, .send, .manage]
}
