/// What a CONNECT asks for.
package struct ConnectRequest: Equatable, Sendable {
    /// Never empty: the server refuses an empty one itself.
    package var clientID: String
    package var userName: String?
    package var password: [UInt8]?
    package var protocolLevel: UInt8
    /// Whether the client gives up what an earlier connection left. The authenticator then forgets the subscriptions.
    package var cleanSession: Bool
    package var isTLS: Bool
    /// Address and port of the peer.
    package var remoteAddress: String

    /// A request.
    package init(
        clientID: String,
        userName: String?,
        password: [UInt8]?,
        protocolLevel: UInt8,
        cleanSession: Bool,
        isTLS: Bool,
        remoteAddress: String
    ) {
        self.clientID = clientID
        self.userName = userName
        self.password = password
        self.protocolLevel = protocolLevel
        self.cleanSession = cleanSession
        self.isTLS = isTLS
        self.remoteAddress = remoteAddress
    }
}
