import ArgumentParser
import GatewayClient

/// `weir application create NAME`: registers a program.
struct ApplicationCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Register a program with its topics.",
        discussion: """
            It connects with its name as user name and its password, or with its certificate. Without \
            --password-file, and without a certificate, the password is asked for, or read from standard input.
            """
    )

    @Argument(help: ArgumentHelp("Its name, 1 to 128 characters, those of a device id.", valueName: "name"))
    var name: String

    @OptionGroup var certificate: CertificateOptions
    @OptionGroup var access: AccessOptions

    @Flag(help: "Register it disabled: it may not connect yet.")
    var disabled = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let application = try await client.createApplication(
            ApplicationChange(
                name: self.name,
                status: self.disabled ? "disabled" : "enabled",
                thumbprint: try self.certificate.value(),
                access: try self.access.change(of: self.name, asksForPassword: !self.certificate.isGiven)
            )
        )
        try ApplicationText.print(application, isJSON: self.output.isJSON)
    }
}
