import ArgumentParser
import GatewayClient

/// `weir configuration show ID`: one configuration with its metrics.
struct ConfigurationShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a configuration with its content and metrics.",
        discussion: """
            Examples:
              weir configuration show fast
            """
    )

    @Argument(help: "Its id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let document = try await self.connection.client().configuration(self.id)
        try ConfigurationCommand.print(document, isJSON: self.output.isJSON)
    }
}
