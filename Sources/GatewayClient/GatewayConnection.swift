package import HubProtocol
package import TelemetryModel

/// Where a gateway's API is and with which policy key to call it.
package struct GatewayConnection: Equatable, Sendable {
    /// The variable with a service connection string.
    package static let environmentVariable = "WEIR_CONNECTION_STRING"
    /// The port of the API when a connection string gives none.
    package static let portDefault = 8080

    /// `host:port` of the HTTP API.
    package let address: String
    /// The hub's name, what tokens are made for; perhaps with a port.
    package let hubName: String
    /// The policy that signs.
    package let policy: String
    /// Where the credentials came from, for messages.
    package let origin: String
    private let key: [UInt8]

    /// A connection from its parts.
    ///
    /// - Parameters:
    ///   - address: `host:port` of the HTTP API.
    ///   - hubName: the name tokens are made for.
    ///   - policy: the policy that signs.
    ///   - key: the policy's key, base64.
    ///   - origin: where the credentials came from, for messages.
    /// - Throws: `GatewayClientError.setup` for a key that is none.
    package init(
        address: String,
        hubName: String,
        policy: String,
        key: String,
        origin: String
    ) throws(GatewayClientError) {
        guard let bytes = SASToken.keyBytes(key), !bytes.isEmpty else {
            throw .setup("the key of policy \(policy) in \(origin) is not base64: copy it again")
        }
        self.address = address
        self.hubName = hubName
        self.policy = policy
        self.origin = origin
        self.key = bytes
    }

    /// Finds the gateway: the folder named with `--data`, else `WEIR_CONNECTION_STRING`, else `./weir-data`.
    ///
    /// - Parameters:
    ///   - data: the folder given with `--data`; `nil` when none was given. A flag goes before the environment.
    ///   - environment: the process's variables.
    /// - Returns: the connection; nothing is sent yet.
    /// - Throws: `GatewayClientError.setup`.
    package static func resolve(
        data: String?,
        environment: [String: String]
    ) throws(GatewayClientError) -> GatewayConnection {
        if let data { return try GatewayConnection(folder: GatewayFolder(data)) }
        if let text = environment[GatewayConnection.environmentVariable], !text.isEmpty {
            return try GatewayConnection(connectionString: text)
        }
        return try GatewayConnection(folder: GatewayFolder(GatewayFolder.defaultPath))
    }

    /// The gateway that left its files in `folder`, as policy `iothubowner`.
    package init(folder: GatewayFolder) throws(GatewayClientError) {
        let endpoints = try folder.endpoints()
        guard let address = endpoints.http else {
            throw .setup("the gateway in \(folder.path) has no HTTP API: set http.port in its configuration")
        }
        guard let hubName = endpoints.hubNames.first else {
            throw .setup("\(folder.path)/\(EndpointsFile.fileName) names no hub: start the gateway anew")
        }
        let policy = try folder.policy(named: "iothubowner")
        try self.init(
            address: EndpointsFile.reachable(address),
            hubName: hubName,
            policy: policy.name,
            key: policy.primaryKey,
            origin: "\(folder.path)/\(CredentialsFile.fileName)"
        )
    }

    /// The gateway of a service connection string: `HostName=host[:port];SharedAccessKeyName=…;SharedAccessKey=…`.
    package init(connectionString text: String) throws(GatewayClientError) {
        let variable = GatewayConnection.environmentVariable
        let string: ConnectionString
        do {
            string = try ConnectionString(parsing: text)
        } catch {
            throw .setup("\(variable) cannot be read: \(error)")
        }
        guard let policy = string.sharedAccessKeyName, let key = string.sharedAccessKey else {
            throw .setup(
                "\(variable) is not a service connection string: it needs SharedAccessKeyName and SharedAccessKey; "
                    + "`weir hub connection-string` prints one"
            )
        }
        let host = string.gatewayHostName ?? string.hostName
        let address = GatewayConnection.hasPort(host) ? host : "\(host):\(GatewayConnection.portDefault)"
        try self.init(address: address, hubName: string.hostName, policy: policy, key: key, origin: variable)
    }

    /// The service connection string of one policy of the gateway that left its files in `folder`.
    ///
    /// - Parameters:
    ///   - folder: the data folder; the gateway need not run.
    ///   - policy: the policy's name.
    ///   - host: the host name to write; `nil`: one under which the API can be reached.
    /// - Returns: the string; with the port of the API where it is not ``portDefault``.
    /// - Throws: `GatewayClientError.setup`.
    package static func connectionString(
        of folder: GatewayFolder,
        policy: String,
        host: String? = nil
    ) throws(GatewayClientError) -> ConnectionString {
        let found = try folder.policy(named: policy)
        let hostName: String
        if let host {
            hostName = host
        } else if folder.hasEndpoints {
            hostName = try folder.endpoints().serviceHostName
        } else {
            hostName = "localhost"  // the gateway is off, and this is one of its names unless configured otherwise
        }
        return ConnectionString(
            hostName: hostName,
            sharedAccessKeyName: found.name,
            sharedAccessKey: found.primaryKey
        )
    }

    /// The value of an `Authorization` header that holds until `expiry`.
    package func authorization(expiry: Timestamp) -> String {
        SASToken.make(resource: self.hubName, key: self.key, expiry: expiry, policy: self.policy)
    }

    /// The hub's name as devices use it: their ports are fixed, so it has none.
    package var deviceHostName: String {
        guard GatewayConnection.hasPort(self.hubName), let colon = self.hubName.lastIndex(of: ":") else {
            return self.hubName
        }
        return String(self.hubName[..<colon])
    }

    private static func hasPort(_ host: String) -> Bool {
        guard let colon = host.lastIndex(of: ":") else { return false }
        let port = host[host.index(after: colon)...]
        guard !port.isEmpty, port.allSatisfy(\.isWholeNumber) else { return false }
        return host.hasPrefix("[") || host.firstIndex(of: ":") == colon  // else a bare IPv6 address
    }
}
