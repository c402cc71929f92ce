import ArgumentParser
import GatewayClient

/// `weir configuration delete ID…`: deletes configurations.
struct ConfigurationDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete configurations; devices lose what only they set.",
        discussion: """
            Examples:
              weir configuration delete fast
            """
    )

    @Argument(help: ArgumentHelp("Their ids.", valueName: "id"))
    var ids: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        for id in self.ids {
            try await client.deleteConfiguration(id)
            if self.output.isJSON { try Console.current.print(JSONLine.encode(["deleted": id])) }
        }
    }
}
