package import TelemetryModel

/// A device's connection string: `HostName=…;DeviceId=…[;ModuleId=…];SharedAccessKey=…[;GatewayHostName=…]`.
///
/// Keys are compared without case; a value may hold `=`. The key is a secret: no error and no description shows it.
package struct DeviceConnectionString: Equatable, Sendable {
    /// What is wrong with a text that should be a connection string.
    package struct Fault: Error, Equatable, Sendable {
        package var message: String
    }

    /// The hub's name, in user name and token.
    package let hostName: String
    package let identity: IdentityID
    /// The identity's key, base64 as it was written.
    package let sharedAccessKey: String
    package let sharedAccessKeyName: String?
    /// The host to connect to when it is not the hub's name.
    package let gatewayHostName: String?

    private static let knownKeys = [
        "HostName", "DeviceId", "ModuleId", "SharedAccessKey", "SharedAccessKeyName", "GatewayHostName",
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
        self.sharedAccessKey = try required("SharedAccessKey")
        self.sharedAccessKeyName = values["SharedAccessKeyName"]
        self.gatewayHostName = values["GatewayHostName"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func isHost(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
                    || byte == UInt8(ascii: "_")
            }
    }
}
