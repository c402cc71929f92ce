import ArgumentParser
import GatewayClient

/// `weir doctor certificates`: what ends, and what has ended.
struct DoctorCertificatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificates",
        abstract: "Tell which certificates end and what to do; exit status 1 when the server's or the CA's has ended."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let authority = try await self.connection.client().authority()
        if try !DoctorText.print(authority, isJSON: self.output.isJSON) { throw ExitCode(1) }
    }
}
