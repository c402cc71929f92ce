package import NIOCore

/// SyncGroup (14): the leader hands out the partitions, the others ask for theirs. Source: contracts/kafka.md §3, §8.
package struct SyncGroupRequest: KafkaRequest {
    package static let key = APIKey.syncGroup

    /// One member's share.
    package struct Assignment: RequestElement {
        package static let bytesMin = 6

        package var memberID: String
        /// Opaque here; a copy, to be kept.
        package var assignment: ByteBuffer
    }

    package var group: String
    package var generation: Int32
    package var memberID: String
    /// Version 3.
    package var instanceID: String?
    /// The leader's; empty from the others.
    package var assignments: [Assignment]
}

extension SyncGroupRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.group = try fields.string()
        self.generation = try fields.integer()
        self.memberID = try fields.string()
        self.instanceID = version >= 3 ? try fields.nullableString() : nil
        self.assignments = try fields.array(version)
    }
}

extension SyncGroupRequest.Assignment {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.memberID = try fields.string()
        self.assignment = try fields.copiedBytes()
    }
}
