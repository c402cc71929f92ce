/// InitProducerId (22): a number under which a producer's batches are recognised. Source: contracts/kafka.md §3, §5.5.
package struct InitProducerIDRequest: KafkaRequest {
    package static let key = APIKey.initProducerID

    /// Set by transactional producers only, which are refused.
    package var transactionalID: String?
    /// ms; as it came.
    package var transactionTimeoutMilliseconds: Int32
}

extension InitProducerIDRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.transactionalID = try fields.nullableString()
        self.transactionTimeoutMilliseconds = try fields.integer()
    }
}
