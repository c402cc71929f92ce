/// SaslHandshake (17): by which mechanism the client will prove who it is. Source: contracts/kafka.md §3, §9.
package struct SaslHandshakeRequest: KafkaRequest {
    package static let key = APIKey.saslHandshake

    package var mechanism: String
}

extension SaslHandshakeRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.mechanism = try fields.string()
    }
}
