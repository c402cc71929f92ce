/// DescribeConfigs (32): settings of topics and of the broker. Source: contracts/kafka.md §3.
package struct DescribeConfigsRequest: KafkaRequest {
    package static let key = APIKey.describeConfigs
    /// ``Resource/type`` of a topic.
    package static let topic: Int8 = 2
    /// ``Resource/type`` of a broker, whose name is its node id.
    package static let broker: Int8 = 4

    /// What is asked about.
    package struct Resource: RequestElement {
        package static let bytesMin = 7

        /// ``DescribeConfigsRequest/topic``, ``DescribeConfigsRequest/broker``, or what we do not know.
        package var type: Int8
        package var name: String
        /// `nil`: all.
        package var keys: [String]?
    }

    package var resources: [Resource]
    package var includesSynonyms: Bool
    /// Version 3.
    package var includesDocumentation: Bool
}

extension DescribeConfigsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.resources = try fields.array(version)
        self.includesSynonyms = try fields.boolean()
        self.includesDocumentation = version >= 3 ? try fields.boolean() : false
    }
}

extension DescribeConfigsRequest.Resource {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.type = try fields.integer()
        self.name = try fields.string()
        self.keys = try fields.nullableArray(version)
    }
}
