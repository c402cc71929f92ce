import KafkaProtocol

/// How far a connection has proved who it belongs to.
enum AuthenticationPhase {
    case awaitingHandshake
    case awaitingPlain
    case awaitingScramFirst(ScramServer)
    /// `nil`: there is no such user, and the client is not told before its last message.
    case awaitingScramFinal(ScramServer, KafkaAccess?)
    /// A task decides, or the answer to wrong credentials waits.
    case deciding
    case done(KafkaAccess)
}

extension KafkaAccess {
    /// Of a listener without authentication.
    static let everything = KafkaAccess(principal: KafkaPrincipal(name: "anonymous", rights: .all))
}
