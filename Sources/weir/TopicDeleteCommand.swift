import ArgumentParser
import GatewayClient

/// `weir topic delete NAME…`: removes topics and all their records.
struct TopicDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete topics and all their records, at once and for ever."
    )

    @Argument(help: ArgumentHelp("The topics' names.", valueName: "name"))
    var names: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        for name in self.names {
            try await client.deleteTopic(name)
            if self.output.isJSON { try Console.current.print(JSONLine.encode(["deleted": name])) }
        }
    }
}
