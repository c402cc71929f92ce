/// ListGroups (16): the names of all groups; without body. Source: contracts/kafka.md §3.
package struct ListGroupsRequest: KafkaRequest {
    package static let key = APIKey.listGroups
}

extension ListGroupsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {}
}
