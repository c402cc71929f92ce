import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir ca issue NAME`: a certificate for a device.
struct AuthorityIssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Give a device a certificate of the gateway's CA.",
        discussion: """
            Writes NAME.pem, NAME-key.pem (mode 0600) and NAME-ca.pem, what the device trusts (unless the server \
            certificate is your own). The key is made on this machine and never sent; with --csr it is the device's own. \
            The certificate opens a device that is registered with --auth x509-ca, or with this certificate's \
            thumbprint; --register does that, too.

            Examples:
              weir ca issue sensor-7 --out certificates --register x509-ca
              weir ca issue sensor-7 --csr sensor-7.csr --days 90
            """
    )

    /// `--register`: how the device proves itself.
    enum Registration: String, ExpressibleByArgument, CaseIterable {
        case authority = "x509-ca"
        case thumbprint = "x509-thumbprint"
    }

    @Argument(help: ArgumentHelp("The device's id, or device/module, up to 64 characters.", valueName: "name"))
    var name: String

    @OptionGroup var certificate: CertificateIssue

    @Option(
        help: ArgumentHelp(
            "Register the device: x509-ca lets every certificate of its name in, x509-thumbprint this one.",
            valueName: "auth"
        )
    )
    var register: Registration?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let isRegistered = try await self.isRegistered(client)
        // A device that is there stays as it is: nobody loses a key by a slip.
        if isRegistered, self.register != nil {
            throw CommandFailure(
                "\(self.name) is registered already: leave --register away, and "
                    + "`weir device update \(self.name)` changes how it proves itself"
            )
        }
        let (document, files) = try await self.certificate.issue(to: self.name, replaces: false, client)
        if let register { try await self.register(register, document, client) }
        try self.certificate.report(document, files, isJSON: self.output.isJSON)
        guard !isRegistered, self.register == nil, !self.output.isJSON else { return }
        Console.current.note("\(self.name) is not registered yet: weir device create \(self.name) --auth x509-ca")
    }

    private func isRegistered(_ client: GatewayClient) async throws -> Bool {
        do {
            _ = try await client.device(self.name)
            return true
        } catch {
            guard case .refused(404, _, _) = error else { throw error }
            return false
        }
    }

    private func register(_ kind: Registration, _ document: JSONObject, _ client: GatewayClient) async throws {
        let authentication: DeviceAuthentication =
            switch kind {
            case .authority: .certificateAuthority
            case .thumbprint: .selfSigned(primary: AuthorityText.text(document, "thumbprint"), secondary: nil)
            }
        _ = try await client.createDevice(
            NewDevice(id: self.name, status: "enabled", authentication: authentication)
        )
    }
}
