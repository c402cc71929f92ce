package import MQTTCodec
package import TelemetryModel

/// An accepted connection, as lifecycle records and operators see it.
package struct ConnectionEvent: Equatable, Sendable {
    /// Unique in this run of the server; a newer connection has a larger one.
    package var connectionID: UInt64
    package var identity: IdentityID
    package var remoteAddress: String
    package var isTLS: Bool
    package var cleanSession: Bool
    package var keepAliveSeconds: UInt16
    /// When CONNECT was accepted.
    package var openedAt: Timestamp
    /// From the authenticator.
    package var attributes: [String: String]

    /// A connection.
    package init(
        connectionID: UInt64,
        identity: IdentityID,
        remoteAddress: String,
        isTLS: Bool,
        cleanSession: Bool,
        keepAliveSeconds: UInt16,
        openedAt: Timestamp,
        attributes: [String: String]
    ) {
        self.connectionID = connectionID
        self.identity = identity
        self.remoteAddress = remoteAddress
        self.isTLS = isTLS
        self.cleanSession = cleanSession
        self.keepAliveSeconds = keepAliveSeconds
        self.openedAt = openedAt
        self.attributes = attributes
    }
}

/// A CONNECT that was answered with another code than 0.
package struct ConnectionRefusal: Equatable, Sendable {
    package var clientID: String
    package var remoteAddress: String
    package var isTLS: Bool
    package var code: ConnectReturnCode
    /// One sentence for the operator.
    package var reason: String

    /// A refusal.
    package init(clientID: String, remoteAddress: String, isTLS: Bool, code: ConnectReturnCode, reason: String) {
        self.clientID = clientID
        self.remoteAddress = remoteAddress
        self.isTLS = isTLS
        self.code = code
        self.reason = reason
    }
}
