/// LeaveGroup (13): members go. Source: contracts/kafka.md §3, §8.
package struct LeaveGroupRequest: KafkaRequest {
    package static let key = APIKey.leaveGroup

    /// Who goes.
    package struct Member: RequestElement {
        package static let bytesMin = 4

        /// May be empty when ``instanceID`` names a static member.
        package var memberID: String
        /// Version 3.
        package var instanceID: String?
    }

    package var group: String
    /// Exactly one below version 3.
    package var members: [Member]
}

extension LeaveGroupRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.group = try fields.string()
        self.members =
            version >= 3 ? try fields.array(version) : [Member(memberID: try fields.string(), instanceID: nil)]
    }
}

extension LeaveGroupRequest.Member {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.memberID = try fields.string()
        self.instanceID = try fields.nullableString()
    }
}
