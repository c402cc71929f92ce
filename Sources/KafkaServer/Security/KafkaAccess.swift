package import KafkaProtocol

/// What an authenticated client may do: rights over all topics, and more over some.
package struct KafkaAccess: Equatable, Sendable {
    /// Who it is, and its rights over every topic.
    package var principal: KafkaPrincipal
    /// Its further rights, by topic.
    package var topicRights: [String: KafkaRights]

    /// Access of these parts.
    package init(principal: KafkaPrincipal, topicRights: [String: KafkaRights] = [:]) {
        self.principal = principal
        self.topicRights = topicRights
    }

    /// The principal with the rights it has over a topic.
    func principal(for topic: String) -> KafkaPrincipal {
        guard let more = self.topicRights[topic] else { return self.principal }
        var principal = self.principal
        principal.rights.formUnion(more)
        return principal
    }

    /// The principal with every right it has over some topic: for groups, which belong to no topic.
    var groupPrincipal: KafkaPrincipal {
        var principal = self.principal
        for more in self.topicRights.values { principal.rights.formUnion(more) }
        return principal
    }
}
