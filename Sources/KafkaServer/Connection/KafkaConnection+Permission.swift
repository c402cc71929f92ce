import KafkaProtocol
import LogFormat

extension KafkaConnection {
    /// Throws what the client is told when it may not do this with a topic, or when nobody may.
    func authorize(_ operation: KafkaPermission.TopicOperation, on topic: String) throws(KafkaError) {
        guard let access else { throw .topicAuthorizationFailed }
        if let error = self.endpoint.permission.refusal(of: operation, on: topic, to: access.principal(for: topic)) {
            throw error
        }
    }

    /// Why the client may not do this with a group; `nil` when it may.
    func refusal(of operation: KafkaPermission.GroupOperation) -> KafkaError? {
        guard let access else { return .groupAuthorizationFailed }
        return self.endpoint.permission.refusal(of: operation, to: access.groupPrincipal)
    }
}
