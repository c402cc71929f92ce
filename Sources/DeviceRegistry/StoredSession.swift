package import TelemetryModel

/// A session as the registry keeps it; what waits for it lies in the log.
package struct StoredSession: Equatable, Sendable {
    /// Never used again, not even after its end: a new session never finds an old one's messages.
    package var number: Int64
    /// Whose it is.
    package var principal: Principal
    /// The client's name within the principal.
    package var clientID: String
    /// Seconds it is kept after its connection ended; 4294967295 = for ever.
    package var expirySeconds: UInt32
    /// The subscriptions with their options, in a form the caller chose.
    package var subscriptions: String
    /// When its last connection ended; `nil` while it is connected, and after a crash.
    package var disconnectedAt: Timestamp?

    /// A session's parts.
    package init(
        number: Int64,
        principal: Principal,
        clientID: String,
        expirySeconds: UInt32,
        subscriptions: String,
        disconnectedAt: Timestamp? = nil
    ) {
        self.number = number
        self.principal = principal
        self.clientID = clientID
        self.expirySeconds = expirySeconds
        self.subscriptions = subscriptions
        self.disconnectedAt = disconnectedAt
    }
}
