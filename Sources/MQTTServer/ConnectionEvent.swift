package import MQTTCodec
package import TelemetryModel

/// An accepted connection, as lifecycle records and operators see it.
package struct ConnectionEvent: Equatable, Sendable {
    /// Unique in this run of the server; a newer connection has a larger one.
    package var connectionID: UInt64
    package var principal: Principal
    package var clientID: String
    package var version: MQTTVersion
    package var transport: Transport
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
        principal: Principal,
        clientID: String,
        version: MQTTVersion,
        transport: Transport,
        remoteAddress: String,
        isTLS: Bool,
        cleanSession: Bool,
        keepAliveSeconds: UInt16,
        openedAt: Timestamp,
        attributes: [String: String]
    ) {
        self.connectionID = connectionID
        self.principal = principal
        self.clientID = clientID
        self.version = version
        self.transport = transport
        self.remoteAddress = remoteAddress
        self.isTLS = isTLS
        self.cleanSession = cleanSession
        self.keepAliveSeconds = keepAliveSeconds
        self.openedAt = openedAt
        self.attributes = attributes
    }

    /// The device or module; `nil` for an application.
    package var identity: IdentityID? { self.principal.identity }
}
