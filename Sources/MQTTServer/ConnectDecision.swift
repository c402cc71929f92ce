package import MQTTCodec
package import TelemetryModel

/// The answer to a CONNECT.
package enum ConnectDecision: Equatable, Sendable {
    case accept(AcceptedConnection)
    /// CONNACK with this code, then close. The reason is one sentence for the operator, without secrets.
    ///
    /// Never `badUserNameOrPassword` or `notAuthorized` for something temporary: devices then give up for good.
    case refuse(ConnectReturnCode, reason: String)
}

/// Who connects, and what the server kept for it.
package struct AcceptedConnection: Equatable, Sendable {
    package var identity: IdentityID
    /// When the credentials' life ends and the server closes; `nil` when it does not.
    package var expiresAt: Timestamp?
    /// Whether a session of the identity was kept; only without clean session. [MQTT-3.2.2-1] [MQTT-3.2.2-2]
    package var sessionPresent: Bool
    /// Filters of that session.
    package var subscriptions: [String]
    /// What the lifecycle record says besides, such as authentication method and generation; handed on as it is.
    package var attributes: [String: String]

    /// An accepted identity.
    package init(
        identity: IdentityID,
        expiresAt: Timestamp? = nil,
        sessionPresent: Bool = false,
        subscriptions: [String] = [],
        attributes: [String: String] = [:]
    ) {
        self.identity = identity
        self.expiresAt = expiresAt
        self.sessionPresent = sessionPresent
        self.subscriptions = subscriptions
        self.attributes = attributes
    }
}
