import KafkaProtocol

extension KafkaConnection {
    /// Throws what the client is told when it may not do this with a topic.
    func authorize(_ operation: KafkaPermission.TopicOperation, on topic: String) throws(KafkaError) {
        guard let access else { throw .topicAuthorizationFailed }
        let error = self.endpoint.permission.check(operation, topic, by: access.principal(for: topic))
        if error != .noError { throw error }
    }

    /// Why the client cannot do this with groups: it may not, or they cannot be read; `nil` when it can.
    func refusal(of operation: KafkaPermission.GroupOperation) -> KafkaError? {
        guard let access else { return .groupAuthorizationFailed }
        let error = self.endpoint.permission.check(operation, by: access.groupPrincipal)
        guard error == .noError else { return error }
        // After which clients look for the coordinator again, and ask again.
        return self.endpoint.groups.isOpen ? nil : .coordinatorNotAvailable
    }
}
