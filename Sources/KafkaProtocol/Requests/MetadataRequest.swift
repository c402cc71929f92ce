/// Metadata (3): which topics there are and who leads them. Source: contracts/kafka.md §3, §7.
package struct MetadataRequest: KafkaRequest {
    package static let key = APIKey.metadata

    /// `nil`: all, which version 0 says by an empty array; empty: none.
    package var topics: [String]?
    /// Asks for topics to be made by naming them; version 4 on, true below. Obeyed only when the operator allows it.
    package var allowsAutoCreation: Bool
    /// Version 8.
    package var includesClusterOperations: Bool
    /// Version 8.
    package var includesTopicOperations: Bool
}

extension MetadataRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        let named: [String]? = try fields.nullableArray(version)
        self.topics = version == 0 && named?.isEmpty == true ? nil : named
        self.allowsAutoCreation = version >= 4 ? try fields.boolean() : true
        self.includesClusterOperations = version >= 8 ? try fields.boolean() : false
        self.includesTopicOperations = version >= 8 ? try fields.boolean() : false
    }
}
