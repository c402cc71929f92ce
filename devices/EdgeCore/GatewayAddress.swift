/// Where the agent connects to, and how it knows that it is there.
package struct GatewayAddress: Equatable, Sendable {
    package let host: String
    package let port: Int
    package let usesTLS: Bool
    /// Whom to trust, and who we are.
    package let files: TLSFiles

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
        let host = configuration.mqtt.host ?? connection.gatewayHostName ?? connection.hostName
        try self.init(configuration, host: host, port: configuration.mqtt.port, file: file)
        guard connection.proof == .certificate, !(self.usesTLS && self.files.hasCertificate) else { return }
        let message =
            "is missing; the connection string says x509=true, for which TLS, certificateFile and keyFile are needed"
        throw ConfigurationFaults([ConfigurationFault(file: file, key: "tls.certificateFile", message: message)])
    }

    /// A host of the configuration's with its TLS.
    ///
    /// - Parameters:
    ///   - configuration: The checked configuration.
    ///   - host: Where to connect to.
    ///   - port: TCP port.
    ///   - file: The configuration's path, for the message.
    /// - Throws: When TLS is switched off for a host that is not this machine.
    package init(
        _ configuration: AgentConfiguration,
        host: String,
        port: Int,
        file: String
    ) throws(ConfigurationFaults) {
        self.host = host
        self.port = port
        self.usesTLS = configuration.tls.enabled
        self.files = configuration.tls.files
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
