/// One partition of one topic.
package struct TopicPartition: Hashable, Sendable {
    /// The topic's name.
    package var topic: String
    /// The partition, from 0.
    package var partition: Int32

    /// A partition.
    package init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }
}
