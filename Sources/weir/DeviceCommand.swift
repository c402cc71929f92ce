import ArgumentParser

/// `weir device …`: the registry.
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Register devices and hand out their credentials.",
        subcommands: [
            DeviceCreateCommand.self, DeviceListCommand.self, DeviceShowCommand.self, DeviceUpdateCommand.self,
            DeviceDeleteCommand.self, DeviceImportCommand.self, DeviceTokenCommand.self,
        ]
    )
}
