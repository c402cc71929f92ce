package import NIOCore

/// The client's only message of SASL PLAIN: `authzid NUL authcid NUL password`. Source: RFC 4616 §2.
///
/// Two forms of Event Hubs and Weir (contracts/kafka.md §9): a user with a password, or the user `$ConnectionString` with a
/// connection string as the password.
package enum SaslPlainMessage: Equatable, Sendable {
    /// A user of the gateway.
    case user(name: String, password: [UInt8])
    /// A policy and its key.
    case policy(SaslPolicyKey)
}
