/// Where the agent connects to, and how it knows that it is there.
package struct GatewayAddress: Equatable, Sendable {
    package let host: String
    package let port: Int
    package let usesTLS: Bool
    /// The authorities to trust; `nil` for those of the operating system.
    package let caFile: String?

    /// Where a checked configuration leads.
    ///
    /// - Parameters:
    ///   - configuration: The checked configuration.
    ///   - connection: The device's connection string.
    ///   - file: The configuration's path, for the message.
    /// - Throws: When TLS is switched off for a host that is not this machine: token and readings would be readable.
    package init(
        _ configuration: AgentConfiguration,
        connection: DeviceConnectionString,
        file: String
    ) throws(ConfigurationFaults) {
        self.host = configuration.mqtt.host ?? connection.gatewayHostName ?? connection.hostName
        self.port = configuration.mqtt.port
        self.usesTLS = configuration.tls.enabled
        self.caFile = configuration.tls.caFile
        guard self.usesTLS || Self.isLoopback(self.host) else {
            let message =
                "is false for the host '\(self.host)'; without TLS only this machine (127.0.0.1, ::1, localhost) is allowed"
            throw ConfigurationFaults([ConfigurationFault(file: file, key: "tls.enabled", message: message)])
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
