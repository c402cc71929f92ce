/// A way to prove who one is, by its name in SaslHandshake. Source: contracts/kafka.md §9.
package enum SaslMechanism: String, CaseIterable, Sendable {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"
}
