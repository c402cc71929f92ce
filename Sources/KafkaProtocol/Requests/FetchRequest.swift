/// Fetch (1): batches to read, and how long to wait for them. Source: contracts/kafka.md §3, §6.
package struct FetchRequest: KafkaRequest {
    package static let key = APIKey.fetch

    /// Where to read in one topic.
    package struct Topic: RequestElement {
        package static let bytesMin = 6

        package var name: String
        package var partitions: [Partition]
    }

    /// Where to read in one partition.
    package struct Partition: RequestElement {
        package static let bytesMin = 16

        package var partition: Int32
        /// -1: not said. Version 9 on, -1 below.
        package var currentLeaderEpoch: Int32
        package var fetchOffset: Int64
        /// A follower's; consumers send -1. Version 5 on, -1 below.
        package var logStartOffset: Int64
        /// Bytes of this partition in the answer, as it came: may be negative.
        package var bytesMax: Int32
    }

    /// Partitions that leave the session, which is none of ours.
    package struct ForgottenTopic: RequestElement {
        package static let bytesMin = 6

        package var name: String
        package var partitions: [Int32]
    }

    /// -1: a consumer.
    package var replicaID: Int32
    /// How long to wait for ``bytesMin``, ms; as it came.
    package var waitMilliseconds: Int32
    /// Answer when this much can be read; as it came.
    package var bytesMin: Int32
    /// Bytes of all records in the answer; as it came.
    package var bytesMax: Int32
    /// 0: read uncommitted, 1: read committed; the same here.
    package var isolation: Int8
    /// 0: none; else error 70. Version 7 on, 0 below.
    package var sessionID: Int32
    /// 0 or -1. Version 7 on, -1 below.
    package var sessionEpoch: Int32
    package var topics: [Topic]
    /// Version 7 on.
    package var forgotten: [ForgottenTopic]
    /// Version 11 on.
    package var rack: String
}

extension FetchRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.replicaID = try fields.integer()
        self.waitMilliseconds = try fields.integer()
        self.bytesMin = try fields.integer()
        self.bytesMax = try fields.integer()
        self.isolation = try fields.integer()
        self.sessionID = version >= 7 ? try fields.integer() : 0
        self.sessionEpoch = version >= 7 ? try fields.integer() : -1
        self.topics = try fields.array(version)
        self.forgotten = version >= 7 ? try fields.array(version) : []
        self.rack = version >= 11 ? try fields.string() : ""
    }
}

extension FetchRequest.Topic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.array(version)
    }
}

extension FetchRequest.Partition {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.partition = try fields.integer()
        self.currentLeaderEpoch = version >= 9 ? try fields.integer() : -1
        self.fetchOffset = try fields.integer()
        self.logStartOffset = version >= 5 ? try fields.integer() : -1
        self.bytesMax = try fields.integer()
    }
}

extension FetchRequest.ForgottenTopic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.array(version)
    }
}
