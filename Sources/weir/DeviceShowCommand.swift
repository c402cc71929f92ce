import ArgumentParser
import GatewayClient

/// `weir device show ID`: one device with its keys.
struct DeviceShowCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one device or module with its keys.",
        discussion: """
            Examples:
              weir device show dev1
              weir device show dev1/mod1 --json
            """
    )

    @Argument(help: "The device's id, or device/module.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let device = try await self.connection.client().device(self.id)
        let console = Console.current
        if self.output.isJSON {
            try console.print(DeviceText.json(device))
        } else {
            for line in DeviceText.details(device, for: console) { try console.print(line) }
        }
    }
}
