/// DescribeGroups (15): members and state of groups. Source: contracts/kafka.md §3.
package struct DescribeGroupsRequest: KafkaRequest {
    package static let key = APIKey.describeGroups

    package var groups: [String]
    /// Version 3 on.
    package var includesOperations: Bool
}

extension DescribeGroupsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.groups = try fields.array(version)
        self.includesOperations = version >= 3 ? try fields.boolean() : false
    }
}
