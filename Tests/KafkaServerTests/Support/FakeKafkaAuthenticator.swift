import KafkaProtocol
import KafkaServer

/// Users by name, all with the password `secret`.
struct FakeKafkaAuthenticator: KafkaAuthenticating {
    var users: [String: KafkaRights] = ["owner": .all, "reader": .listen, "writer": .send]

    func authenticate(_ message: SaslPlainMessage, from host: String) async -> KafkaDecision {
        switch message {
        case .user(let name, let password):
            guard let rights = self.users[name], password == Array("secret".utf8) else {
                return .refused(reason: "wrong")
            }
            return .accepted(KafkaAccess(principal: KafkaPrincipal(name: name, rights: rights)))
        case .policy(let key):
            guard let rights = self.users[key.policyName], key.key == "secret" else { return .refused(reason: "wrong") }
            let principal = KafkaPrincipal(name: key.policyName, rights: rights, entityPath: key.entityPath)
            return .accepted(KafkaAccess(principal: principal))
        }
    }

    func scramUser(_ name: String, hash: ScramHash) async -> KafkaScramUser? {
        guard let rights = self.users[name] else { return nil }
        return KafkaScramUser(
            credential: ScramCredential(hash: hash, passwords: [Array("secret".utf8)], salt: Array("salt".utf8)),
            access: KafkaAccess(principal: KafkaPrincipal(name: name, rights: rights))
        )
    }
}
