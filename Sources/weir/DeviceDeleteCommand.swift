import ArgumentParser
import GatewayClient

/// `weir device delete ID…`: removes devices, their modules and sessions, and closes their connections.
struct DeviceDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete devices and modules; their records stay in the log.",
        discussion: """
            A device is deleted with its modules, its twin, and the messages that wait for it.

            Examples:
              weir device delete dev1 dev2
              weir device delete dev1/mod1
            """
    )

    @Argument(help: ArgumentHelp("The devices' ids, or device/module.", valueName: "id"))
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
