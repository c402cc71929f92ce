import ArgumentParser
import GatewayClient
import HubProtocol

/// `weir device create ID…`: registers devices and prints their connection strings.
struct DeviceCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Register devices and print their connection strings."
    )

    @Argument(help: ArgumentHelp("The new devices' ids.", valueName: "id"))
    var ids: [String]

    @Option(help: ArgumentHelp("Base64 of 16 to 64 bytes; made by the gateway when not given.", valueName: "key"))
    var primaryKey: String?

    @Option(help: ArgumentHelp("Base64 of 16 to 64 bytes; made by the gateway when not given.", valueName: "key"))
    var secondaryKey: String?

    @Flag(help: "Register them disabled: they may not connect yet.")
    var disabled = false

    @Option(help: ArgumentHelp("The host name devices connect to. (default: the hub's own name)", valueName: "name"))
    var host: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.ids.count > 1, self.primaryKey != nil || self.secondaryKey != nil {
            throw ValidationError("keys can be given for one device at a time; use `weir device import` for many")
        }
    }

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        for id in self.ids {
            let device = try await client.createDevice(
                NewDevice(
                    id: id,
                    primaryKey: self.primaryKey,
                    secondaryKey: self.secondaryKey,
                    status: self.disabled ? "disabled" : "enabled"
                )
            )
            let string = ConnectionString(
                hostName: self.host ?? client.connection.deviceHostName,
                deviceID: device.deviceId,
                sharedAccessKey: device.authentication.symmetricKey.primaryKey
            )
            if self.output.isJSON {
                try console.print(DeviceText.json(device, connectionString: string.description))
            } else {
                try console.print(string.description)
            }
        }
    }
}
