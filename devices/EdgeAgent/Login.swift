package import EdgeCore

/// Everything that a CONNECT needs, and where it goes.
package struct Login: Sendable {
    /// How the device proves who it is.
    package enum Credential: Sendable {
        /// By tokens; `policy` names the policy whose key it is.
        case key(TokenSigner, policy: String?)
        /// By the certificate of the TLS connection.
        case certificate
    }

    /// The hub's name.
    package var hub: String
    package var names: HubNames
    package var address: GatewayAddress
    package var credential: Credential

    /// Whether it ends by itself and has to be made anew.
    package var usesToken: Bool {
        if case .key = self.credential { true } else { false }
    }

    /// - Throws: When the connection string's key is none.
    package init(_ connection: DeviceConnectionString, address: GatewayAddress) throws(TokenSigner.Fault) {
        self.hub = connection.hostName
        self.names = HubNames(hostName: connection.hostName, identity: connection.identity)
        self.address = address
        switch connection.proof {
        case .key(let key, let policy): self.credential = .key(try TokenSigner(base64Key: key), policy: policy)
        case .certificate: self.credential = .certificate
        }
    }
}
