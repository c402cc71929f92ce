package import NIOCore

/// Produce (0): batches to append. Source: contracts/kafka.md §3, §5.
///
/// Versions 0 to 2 are read only so that each partition can be refused with error 35.
package struct ProduceRequest: KafkaRequest {
    package static let key = APIKey.produce

    /// What is sent to one topic.
    package struct Topic: RequestElement {
        package static let bytesMin = 6

        package var name: String
        package var partitions: [Partition]
    }

    /// What is sent to one partition.
    package struct Partition: RequestElement {
        package static let bytesMin = 8

        package var partition: Int32
        /// RecordBatches, nothing of them checked: a slice of the frame.
        package var records: ByteBuffer?
    }

    /// Set by transactional producers only, which are refused. Version 3 on.
    package var transactionalID: String?
    /// 0: no answer at all; 1 and -1: after the sync; else error 21.
    package var acks: Int16
    /// How long the client will wait, ms; as it came.
    package var timeoutMilliseconds: Int32
    package var topics: [Topic]
}

extension ProduceRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.transactionalID = version >= 3 ? try fields.nullableString() : nil
        self.acks = try fields.integer()
        self.timeoutMilliseconds = try fields.integer()
        self.topics = try fields.array(version)
    }
}

extension ProduceRequest.Topic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.array(version)
    }
}

extension ProduceRequest.Partition {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.partition = try fields.integer()
        self.records = try fields.nullableBytes()
    }
}
