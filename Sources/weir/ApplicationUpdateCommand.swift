import ArgumentParser
import GatewayClient

/// `weir application update NAME`: changes a program; what no option names stays.
struct ApplicationUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change a program; what no option names stays.",
        discussion: """
            A change closes its connections: the new ones are made under the new rules. --publish and --subscribe \
            replace the whole list.
            """
    )

    @Argument(help: ArgumentHelp("Its name.", valueName: "name"))
    var name: String

    @Flag(help: "It may connect.")
    var enable = false

    @Flag(help: "It may not connect.")
    var disable = false

    @Flag(help: "Ask for a new password, or read it from standard input.")
    var newPassword = false

    @OptionGroup var certificate: CertificateOptions

    @Flag(help: "Take the certificate away.")
    var noCertificate = false

    @OptionGroup var access: AccessOptions
    @OptionGroup var removals: AccessRemovalOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.enable, self.disable { throw ValidationError("--enable and --disable exclude each other") }
        if self.noCertificate, self.certificate.isGiven {
            throw ValidationError("--no-certificate excludes --thumbprint and --certificate")
        }
        if self.newPassword, self.removals.noPassword {
            throw ValidationError("--new-password and --no-password exclude each other")
        }
        try self.removals.check(against: self.access)
    }

    func run() async throws {
        let client = try self.connection.client()
        let application = try await client.application(self.name)
        let change = try self.access.change(
            of: self.name,
            asksForPassword: self.newPassword,
            current: application.limits
        )
        let updated = try await client.updateApplication(
            ApplicationChange(
                name: self.name,
                status: self.enable ? "enabled" : self.disable ? "disabled" : nil,
                thumbprint: self.noCertificate ? "" : try self.certificate.value(),
                access: self.removals.applied(to: change)
            ),
            etag: application.etag
        )
        try ApplicationText.print(updated, isJSON: self.output.isJSON)
    }
}
