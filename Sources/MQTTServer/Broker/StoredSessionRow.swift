package import MQTTProtocol
package import TelemetryModel

/// A persistent session as the store keeps it; what waits for it lies in `_mqtt`.
package struct StoredSessionRow: Equatable, Sendable {
    /// Given out by the store and never used again, so that an old message never reaches a new session.
    package var number: Int64
    /// What it is found by.
    package var key: SessionKey
    /// Seconds it is kept after its connection ended; 4294967295 = for ever. [MQTT-3.1.2-23]
    package var expirySeconds: UInt32
    /// In the order in which they were made.
    package var subscriptions: [Subscription]
    /// When its last connection ended; `nil` when it was connected as the gateway ended.
    package var disconnectedAt: Timestamp?

    /// A row.
    package init(
        number: Int64,
        key: SessionKey,
        expirySeconds: UInt32,
        subscriptions: [Subscription],
        disconnectedAt: Timestamp? = nil
    ) {
        self.number = number
        self.key = key
        self.expirySeconds = expirySeconds
        self.subscriptions = subscriptions
        self.disconnectedAt = disconnectedAt
    }
}
