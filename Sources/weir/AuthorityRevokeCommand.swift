import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir ca revoke NAME…`: certificates that open nothing any more.
struct AuthorityRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke certificates; devices connected by them are cut off at once.",
        discussion: """
            All certificates of the devices named, or the one of --serial. A revoked certificate stays revoked: \
            `weir ca issue` and `weir ca renew` give a new one.
            """
    )

    /// `--reason`. Source: RFC 5280 section 5.3.1.
    enum Reason: String, ExpressibleByArgument, CaseIterable {
        case unspecified
        case keyCompromise
        case superseded
        case cessationOfOperation
        case privilegeWithdrawn
    }

    @Argument(help: ArgumentHelp("Devices, or device/module.", valueName: "name"))
    var names: [String] = []

    @Option(help: ArgumentHelp("The serial of one certificate, as `weir ca list` shows it.", valueName: "hex"))
    var serial: String?

    @Option(
        help: "Why: \(Reason.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var reason = Reason.unspecified

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.names.isEmpty == (self.serial != nil) else {
            throw ValidationError("name devices, or one certificate with --serial")
        }
    }

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var table = AuthorityText.table()
        var count = 0
        for name in self.serial.map({ [$0] }) ?? self.names {
            let revoked =
                try await self.serial == nil
                ? client.revokeCertificates(of: name, reason: self.reason.rawValue)
                : client.revokeCertificate(serial: name, reason: self.reason.rawValue)
            count += revoked.count
            if revoked.isEmpty { console.note("no certificate of \(name) was good any more") }
            for certificate in revoked {
                if self.output.isJSON {
                    try console.print(certificate.description)
                } else {
                    AuthorityText.add(certificate, kind: "device", to: &table)
                }
            }
        }
        if count > 0, !self.output.isJSON { try table.print(to: console) }
    }
}
