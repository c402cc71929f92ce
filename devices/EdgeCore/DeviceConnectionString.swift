package import TelemetryModel

/// A device's connection string: `HostName=…;DeviceId=…[;ModuleId=…];SharedAccessKey=…[;GatewayHostName=…]`, or with
/// `x509=true` in place of the key.
///
/// Keys are compared without case; a value may hold `=`. The key is a secret: no error and no description shows it.
package struct DeviceConnectionString: Equatable, Sendable {
    /// What is wrong with a text that should be a connection string.
    package struct Fault: Error, Equatable, Sendable {
        package var message: String
    }

    /// How the device proves who it is.
    package enum Proof: Equatable, Sendable {
        /// By tokens signed with a key, base64 as it was written; with the policy's name when it is a policy's.
        case key(String, policy: String?)
        /// By the certificate of its TLS connection.
        case certificate
    }

    /// The hub's name, in user name and token.
    package let hostName: String
    package let identity: IdentityID
    package let proof: Proof
    /// The host to connect to when it is not the hub's name.
    package let gatewayHostName: String?

    private static let knownKeys = [
        "HostName", "DeviceId", "ModuleId", "SharedAccessKey", "SharedAccessKeyName", "GatewayHostName", "x509",
    ]

    package init(parsing text: String) throws(Fault) {
        var values: [String: String] = [:]
        for part in text.split(separator: ";", omittingEmptySubsequences: true) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(pair[0])
            guard pair.count == 2 else {
                throw Fault(message: "the connection string has a part without '='; expected KEY=VALUE;KEY=VALUE…")
            }
            guard let key = Self.knownKeys.first(where: { $0.lowercased() == name.lowercased() }) else {
                throw Fault(message: "the connection string has an unknown key '\(name.prefix(40))'")
            }
            guard values.updateValue(String(pair[1]), forKey: key) == nil else {
                throw Fault(message: "the connection string has \(key) twice")
            }
        }
        func required(_ key: String) throws(Fault) -> String {
            guard let value = values[key], !value.isEmpty else {
                throw Fault(message: "the connection string has no \(key)")
            }
            return value
        }
        self.hostName = try required("HostName")
        for host in [self.hostName, values["GatewayHostName"] ?? "host"] where !Self.isHost(host) {
            throw Fault(message: "the connection string names a host '\(host.prefix(80))', which is no host name")
        }
        let device = try required("DeviceId")
        guard let identity = IdentityID(device: device, module: values["ModuleId"]) else {
            throw Fault(message: "the connection string's DeviceId or ModuleId is no valid id")
        }
        guard !identity.description.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) else {
            // [MQTT-3.3.2-2]
            throw Fault(message: "the id '\(identity)' holds + or #, which no MQTT client can publish under")
        }
        self.identity = identity
        self.proof = try Self.proof(of: values)
        self.gatewayHostName = values["GatewayHostName"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A device of its own by its parts, checked by whoever has them.
    package init(hostName: String, identity: IdentityID, proof: Proof) {
        self.hostName = hostName
        self.identity = identity
        self.proof = proof
        self.gatewayHostName = nil
    }

    /// The connection string, with the key in it.
    package var text: String {
        var parts = ["HostName=\(self.hostName)", "DeviceId=\(self.identity.device)"]
        if let module = self.identity.module { parts.append("ModuleId=\(module)") }
        switch self.proof {
        case .key(let key, let policy):
            if let policy { parts.append("SharedAccessKeyName=\(policy)") }
            parts.append("SharedAccessKey=\(key)")
        case .certificate: parts.append("x509=true")
        }
        if let gateway = self.gatewayHostName { parts.append("GatewayHostName=\(gateway)") }
        return parts.joined(separator: ";")
    }

    private static func proof(of values: [String: String]) throws(Fault) -> Proof {
        let key = values["SharedAccessKey"].flatMap { $0.isEmpty ? nil : $0 }
        switch values["x509"]?.lowercased() {
        case nil, "false":
            guard let key else { throw Fault(message: "the connection string has no SharedAccessKey and no x509=true") }
            return .key(key, policy: values["SharedAccessKeyName"])
        case "true":
            guard key == nil else {
                throw Fault(message: "the connection string has both a SharedAccessKey and x509=true")
            }
            return .certificate
        default: throw Fault(message: "the connection string has an x509 that is neither true nor false")
        }
    }

    static func isHost(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
                    || byte == UInt8(ascii: "_")
            }
    }
}
