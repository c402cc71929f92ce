package import MQTTCodec

/// What a CONNECT asks for.
package struct ConnectRequest: Equatable, Sendable {
    /// Never empty: the server makes one up, or refuses, before it asks.
    package var clientID: String
    /// Whether the client sent no id and the server made this one. [MQTT-3.1.3-6]
    package var isClientIDAssigned: Bool
    package var userName: String?
    package var password: [UInt8]?
    package var version: MQTTVersion
    /// Whether the client gives up what an earlier connection left: Clean Session, or Clean Start.
    package var cleanSession: Bool
    /// Whether the session is to outlive the connection.
    package var wantsSession: Bool
    package var isTLS: Bool
    package var transport: Transport
    /// Address and port of the peer.
    package var remoteAddress: String
    /// DER, the client's own first; empty when it showed none. Unverified, but TLS proved that it has the key.
    package var clientCertificates: [[UInt8]]

    /// A request.
    package init(
        clientID: String,
        isClientIDAssigned: Bool = false,
        userName: String?,
        password: [UInt8]?,
        version: MQTTVersion = .v311,
        cleanSession: Bool,
        wantsSession: Bool = false,
        isTLS: Bool,
        transport: Transport = .tcp,
        remoteAddress: String,
        clientCertificates: [[UInt8]] = []
    ) {
        self.clientID = clientID
        self.isClientIDAssigned = isClientIDAssigned
        self.userName = userName
        self.password = password
        self.version = version
        self.cleanSession = cleanSession
        self.wantsSession = wantsSession
        self.isTLS = isTLS
        self.transport = transport
        self.remoteAddress = remoteAddress
        self.clientCertificates = clientCertificates
    }

    /// The peer's address without its port: `[::1]:1883` → `[::1]`.
    package var remoteHost: String { ConnectRequest.host(of: self.remoteAddress) }

    static func host(of address: String) -> String {
        guard let colon = address.lastIndex(of: ":") else { return address }
        return String(address[..<colon])
    }
}
