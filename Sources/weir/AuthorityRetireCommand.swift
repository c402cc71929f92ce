import ArgumentParser
import GatewayClient

/// `weir ca retire`: the end of a change-over.
struct AuthorityRetireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "End a change-over: trust only the CA in use.",
        discussion: """
            What the CAs before it have signed is revoked, and devices that came in by it are cut off: \
            `weir ca list` shows which certificates that are (those whose authority is not the one in use).
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        try AuthorityText.print(try await client.retireAuthorities(), isJSON: self.output.isJSON)
    }
}
