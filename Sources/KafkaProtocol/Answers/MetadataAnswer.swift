package import NIOCore

/// The cluster of one node and its topics. Source: contracts/kafka.md §3, §7.
///
/// The node leads every partition and is its only replica; leader epochs are 0; allowed operations are never told.
package struct MetadataAnswer: KafkaAnswer {
    /// The value of operations that were not asked for.
    package static let operationsNotTold = Int32.min

    /// This node, as the client can reach it.
    package struct Broker: Equatable, Sendable {
        package var nodeID: Int32
        /// Of the listener the client came in on.
        package var host: String
        package var port: Int32

        /// This node.
        package init(nodeID: Int32, host: String, port: Int32) {
            self.nodeID = nodeID
            self.host = host
            self.port = port
        }
    }

    /// A topic.
    package struct Topic: Equatable, Sendable {
        package var error: KafkaError
        package var name: String
        /// Version 1 on.
        package var isInternal: Bool
        /// Partitions, numbered from 0; 0 with an error.
        package var partitionCount: Int32

        /// A topic; without partitions when there is an error.
        package init(error: KafkaError = .noError, name: String, isInternal: Bool = false, partitionCount: Int32 = 0) {
            self.error = error
            self.name = name
            self.isInternal = isInternal
            self.partitionCount = partitionCount
        }
    }

    package var broker: Broker
    /// The same across restarts. Version 2 on.
    package var clusterID: String
    package var topics: [Topic]

    /// An answer.
    package init(broker: Broker, clusterID: String, topics: [Topic]) {
        self.broker = broker
        self.clusterID = clusterID
        self.topics = topics
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 3 { buffer.writeThrottle() }
        buffer.writeInteger(Int32(1))
        buffer.writeInteger(self.broker.nodeID)
        buffer.writeKafkaString(self.broker.host)
        buffer.writeInteger(self.broker.port)
        if version >= 1 { buffer.writeKafkaString(nil) }  // rack
        if version >= 2 { buffer.writeKafkaString(self.clusterID) }
        if version >= 1 { buffer.writeInteger(self.broker.nodeID) }  // controller
        buffer.writeKafkaArray(self.topics) { buffer, topic in
            buffer.writeError(topic.error)
            buffer.writeKafkaString(topic.name)
            if version >= 1 { buffer.writeBoolean(topic.isInternal) }
            buffer.writeKafkaArray(0..<max(0, topic.partitionCount)) { buffer, partition in
                self.writePartition(partition, to: &buffer, version: version)
            }
            if version >= 8 { buffer.writeInteger(MetadataAnswer.operationsNotTold) }
        }
        if version >= 8 { buffer.writeInteger(MetadataAnswer.operationsNotTold) }
    }

    private func writePartition(_ partition: Int32, to buffer: inout ByteBuffer, version: Int16) {
        let nodes = [self.broker.nodeID]
        buffer.writeError(.noError)
        buffer.writeInteger(partition)
        buffer.writeInteger(self.broker.nodeID)
        if version >= 7 { buffer.writeInteger(Int32(0)) }  // leader epoch
        buffer.writeKafkaArray(nodes)  // replicas
        buffer.writeKafkaArray(nodes)  // in sync
        if version >= 5 { buffer.writeKafkaArray([]) }  // offline
    }
}
