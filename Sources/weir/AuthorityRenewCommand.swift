import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir ca renew [NAME]`: the server's certificate, or a device's.
struct AuthorityRenewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Renew the server certificate without a restart, or a device's certificate.",
        discussion: """
            Without a name the server gets a new certificate; with tls.certificateFile that file and its key are read \
            again. New connections get it, those that are open stay.

            With a name the device gets a new key and certificate in the place of its files. The old certificate is good \
            until its end, so that the device can change over; --revoke-old ends it at once.
            """
    )

    @Argument(help: ArgumentHelp("The device's id, or device/module; without it the server.", valueName: "name"))
    var name: String?

    @OptionGroup var certificate: CertificateIssue

    @Flag(help: "Revoke the certificates that the device had until now; who is connected by them is cut off.")
    var revokeOld = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.name == nil else { return }
        if self.revokeOld || self.certificate.out != nil || self.certificate.csr != nil {
            throw ValidationError("--out, --csr and --revoke-old go with a device's name")
        }
    }

    func run() async throws {
        let client = try self.connection.client()
        guard let name = self.name else {
            return try AuthorityText.print(try await client.renewServerCertificate(), isJSON: self.output.isJSON)
        }
        let old = try await self.serials(of: name, client)
        let (document, files) = try await self.certificate.issue(to: name, replaces: true, client)
        if self.revokeOld {
            for serial in old { _ = try await client.revokeCertificate(serial: serial, reason: "superseded") }
        }
        try self.certificate.report(document, files, isJSON: self.output.isJSON)
        guard !self.output.isJSON, !self.revokeOld, !old.isEmpty else { return }
        Console.current.note("the certificate before it is good until its end; to end it now:")
        for serial in old { Console.current.note("  weir ca revoke --serial \(serial) --reason superseded") }
    }

    /// The certificates that are good now.
    private func serials(of name: String, _ client: GatewayClient) async throws -> [String] {
        var serials: [String] = []
        var continuation: String?
        repeat {
            let page = try await client.certificates(of: name, pageSize: 1_000, continuation: continuation)
            continuation = page.continuation
            serials += page.items.filter { ["valid", "ending"].contains(AuthorityText.text($0, "state")) }
                .map { AuthorityText.text($0, "serial") }
        } while continuation != nil
        return serials
    }
}
