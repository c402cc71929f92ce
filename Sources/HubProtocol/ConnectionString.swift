/// A connection string: `HostName=…;DeviceId=…;SharedAccessKey=…` or `HostName=…;SharedAccessKeyName=…;SharedAccessKey=…`.
package struct ConnectionString: Equatable, Sendable, CustomStringConvertible {
    /// The hub's name, perhaps with a port.
    package var hostName: String
    /// The device, in a device's string.
    package var deviceID: String?
    /// The module, in a module's string.
    package var moduleID: String?
    /// The policy, in a service's string.
    package var sharedAccessKeyName: String?
    /// The key, base64.
    package var sharedAccessKey: String?
    /// The host to connect to when it is not `hostName`.
    package var gatewayHostName: String?

    /// A connection string from its parts.
    package init(
        hostName: String,
        deviceID: String? = nil,
        moduleID: String? = nil,
        sharedAccessKeyName: String? = nil,
        sharedAccessKey: String? = nil,
        gatewayHostName: String? = nil
    ) {
        self.hostName = hostName
        self.deviceID = deviceID
        self.moduleID = moduleID
        self.sharedAccessKeyName = sharedAccessKeyName
        self.sharedAccessKey = sharedAccessKey
        self.gatewayHostName = gatewayHostName
    }

    /// Reads a connection string; names are compared without case, unknown ones are passed over.
    ///
    /// - Parameter text: `name=value` pairs separated by `;`. Values may hold `=`.
    /// - Throws: `HubSyntaxError`.
    package init(parsing text: some StringProtocol) throws(HubSyntaxError) {
        var fields = [String: String]()
        for pair in String(text).split(whereSeparator: { $0 == ";" || $0.isNewline }) {
            guard let equals = pair.firstIndex(of: "=") else {
                throw HubSyntaxError("a connection string is name=value pairs separated by “;”")
            }
            let name = pair[..<equals].filter { !$0.isWhitespace }.lowercased()
            guard fields.updateValue(String(pair[pair.index(after: equals)...]), forKey: name) == nil else {
                throw HubSyntaxError("the connection string holds \(name) twice")
            }
        }
        guard let hostName = fields["hostname"], !hostName.isEmpty else {
            throw HubSyntaxError("the connection string has no HostName")
        }
        self.init(
            hostName: hostName,
            deviceID: fields["deviceid"],
            moduleID: fields["moduleid"],
            sharedAccessKeyName: fields["sharedaccesskeyname"],
            sharedAccessKey: fields["sharedaccesskey"],
            gatewayHostName: fields["gatewayhostname"]
        )
    }

    package var description: String {
        let pairs = [
            ("HostName", self.hostName), ("DeviceId", self.deviceID), ("ModuleId", self.moduleID),
            ("SharedAccessKeyName", self.sharedAccessKeyName), ("SharedAccessKey", self.sharedAccessKey),
            ("GatewayHostName", self.gatewayHostName),
        ]
        return pairs.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: ";")
    }
}
