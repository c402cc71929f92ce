import ArgumentParser

/// `weir device …`: the registry.
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Register devices, find them, hand out their credentials.",
        subcommands: [
            DeviceCreateCommand.self, DeviceListCommand.self, DeviceShowCommand.self, DeviceUpdateCommand.self,
            DeviceDeleteCommand.self, DeviceQueryCommand.self, DeviceExportCommand.self, DeviceImportCommand.self,
            DeviceTokenCommand.self,
        ]
    )
}
