import KafkaProtocol

/// The partitions that a request names: a request may name the same one a hundred thousand times.
struct NamedPartitions {
    private var seen: Set<TopicPartition> = []
    /// Those that it names more than once.
    private(set) var repeated: Set<TopicPartition> = []

    /// The request names a partition; whether for the first time.
    @discardableResult
    mutating func name(_ topic: String, _ partition: Int32) -> Bool {
        let place = TopicPartition(topic: topic, partition: partition)
        guard !self.seen.insert(place).inserted else { return true }
        self.repeated.insert(place)
        return false
    }
}
