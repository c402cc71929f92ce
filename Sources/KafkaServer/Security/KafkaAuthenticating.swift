package import KafkaProtocol

/// Decides who a client is; implemented where policies and passwords are.
package protocol KafkaAuthenticating: Sendable {
    /// Decides about the credentials of SASL PLAIN. Called in a task, off the event loops; secrets are compared in
    /// constant time and unknown names cost what known ones do.
    ///
    /// - Parameters:
    ///   - message: what the client gave.
    ///   - host: the client's address, so that one address cannot keep the others from their checks.
    /// - Returns: the decision.
    func authenticate(_ message: SaslPlainMessage, from host: String) async -> KafkaDecision

    /// What SCRAM needs of a user: whoever proves to have one of its passwords has the access.
    ///
    /// - Parameters:
    ///   - name: as the client gave it.
    ///   - hash: of the mechanism.
    /// - Returns: `nil` when there is no such user, or no password of it that SCRAM can check.
    func scramUser(_ name: String, hash: ScramHash) async -> KafkaScramUser?
}

/// What became of credentials.
package enum KafkaDecision: Equatable, Sendable {
    /// They are right.
    case accepted(KafkaAccess)
    /// They are wrong. The reason is for the log; the client is never told which part it was.
    case refused(reason: String)
    /// Nobody can say at the moment: the connection is closed without a word, so that the client tries again.
    case unavailable(reason: String)
}

/// A user that SCRAM can check.
package struct KafkaScramUser: Sendable {
    /// What the server keeps of its passwords.
    package var credential: ScramCredential
    /// What it may do.
    package var access: KafkaAccess

    /// A user.
    package init(credential: ScramCredential, access: KafkaAccess) {
        self.credential = credential
        self.access = access
    }
}
