/// DeleteTopics (20). Source: contracts/kafka.md §3.
package struct DeleteTopicsRequest: KafkaRequest {
    package static let key = APIKey.deleteTopics

    package var topics: [String]
    /// ms; as it came.
    package var timeoutMilliseconds: Int32
}

extension DeleteTopicsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.topics = try fields.array(version)
        self.timeoutMilliseconds = try fields.integer()
    }
}
