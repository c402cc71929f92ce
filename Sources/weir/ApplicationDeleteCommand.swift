import ArgumentParser
import GatewayClient

/// `weir application delete NAME…`: removes programs and their sessions, and closes their connections.
struct ApplicationDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete programs.")

    @Argument(help: ArgumentHelp("Their names.", valueName: "name"))
    var names: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        for name in self.names {
            try await client.deleteApplication(name)
            if self.output.isJSON { try Console.current.print(JSONLine.encode(["deleted": name])) }
        }
    }
}
