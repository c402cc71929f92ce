package import NIOCore

/// JoinGroup (11): become or stay a member. Source: contracts/kafka.md §3, §8.
///
/// Versions 0 and 1 are read only so that they can be refused with error 35.
package struct JoinGroupRequest: KafkaRequest {
    package static let key = APIKey.joinGroup

    /// One way of sharing partitions that the member knows.
    package struct GroupProtocol: RequestElement {
        package static let bytesMin = 6

        package var name: String
        /// Opaque here; a copy, to be kept.
        package var metadata: ByteBuffer
    }

    package var group: String
    /// ms; as it came.
    package var sessionTimeoutMilliseconds: Int32
    /// ms; as it came. Version 1 on, the session timeout below.
    package var rebalanceTimeoutMilliseconds: Int32
    /// Empty: not a member yet.
    package var memberID: String
    /// Version 5; names a static member.
    package var instanceID: String?
    /// `consumer`, or `connect` and the like.
    package var protocolType: String
    /// In the member's order of preference.
    package var protocols: [GroupProtocol]
}

extension JoinGroupRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.group = try fields.string()
        self.sessionTimeoutMilliseconds = try fields.integer()
        self.rebalanceTimeoutMilliseconds = version >= 1 ? try fields.integer() : self.sessionTimeoutMilliseconds
        self.memberID = try fields.string()
        self.instanceID = version >= 5 ? try fields.nullableString() : nil
        self.protocolType = try fields.string()
        self.protocols = try fields.array(version)
    }
}

extension JoinGroupRequest.GroupProtocol {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.metadata = try fields.copiedBytes()
    }
}
