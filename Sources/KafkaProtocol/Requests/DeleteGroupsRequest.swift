/// DeleteGroups (42). Source: contracts/kafka.md §3.
package struct DeleteGroupsRequest: KafkaRequest {
    package static let key = APIKey.deleteGroups

    package var groups: [String]
}

extension DeleteGroupsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.groups = try fields.array(version)
    }
}
