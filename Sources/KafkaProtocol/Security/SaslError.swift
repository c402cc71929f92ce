/// What is wrong with a client's authentication bytes. For logs and counters: the client is told the same of each.
package enum SaslError: Error, Equatable, Sendable {
    /// The bytes do not have the mechanism's form.
    case malformed(String)
    /// The client wants something that is not offered: channel binding, another's identity.
    case unsupported(String)
    /// The proof is wrong, or there is no such name.
    case wrongProof
}
