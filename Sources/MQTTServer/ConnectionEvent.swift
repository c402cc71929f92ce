package import MQTTCodec
package import TelemetryModel

/// An accepted connection, as lifecycle records and operators see it.
///
/// A class, since a connection, its session and the table all hold it.
package final class ConnectionEvent: Equatable, Sendable {
    /// Unique in this run of the server; a newer connection has a larger one.
    package let connectionID: UInt64
    package let principal: Principal
    package let clientID: String
    package let version: MQTTVersion
    package let transport: Transport
    package let remoteAddress: String
    package let isTLS: Bool
    package let cleanSession: Bool
    package let keepAliveSeconds: UInt16
    /// When CONNECT was accepted.
    package let openedAt: Timestamp
    /// From the authenticator.
    package let attributes: [String: String]
    /// From the authenticator: which key or certificate opened it.
    package let credential: Int?
    /// From the authenticator: which client certificate opened it.
    package let certificate: Int?

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
        attributes: [String: String],
        credential: Int? = nil,
        certificate: Int? = nil
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
        self.credential = credential
        self.certificate = certificate
    }

    /// The device or module; `nil` for an application.
    package var identity: IdentityID? { self.principal.identity }

    /// Whether both are of one connection.
    package static func == (one: ConnectionEvent, other: ConnectionEvent) -> Bool {
        one.connectionID == other.connectionID && one.openedAt == other.openedAt && one.principal == other.principal
    }
}
