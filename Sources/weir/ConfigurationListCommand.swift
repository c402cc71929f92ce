import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir configuration list`: all configurations.
struct ConfigurationListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List all configurations with how many devices they are for, and have.",
        discussion: """
            Examples:
              weir configuration list
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let documents = try await self.connection.client().configurations()
        let console = Console.current
        if self.output.isJSON {
            for document in documents { try console.print(document.description) }
        } else if documents.isEmpty {
            console.note("no configurations yet: `weir configuration create` makes one")
        } else {
            try ConfigurationText.table(documents).print(to: console)
        }
    }
}
