import ArgumentParser
import GatewayClient

/// `weir device delete ID…`: removes devices, their modules and sessions, and closes their connections.
struct DeviceDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete devices; their records stay in the log."
    )

    @Argument(help: ArgumentHelp("The devices' ids.", valueName: "id"))
    var ids: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        for id in self.ids {
            try await client.deleteDevice(id)
            if self.output.isJSON { try Console.current.print(JSONLine.encode(["deleted": id])) }
        }
    }
}
