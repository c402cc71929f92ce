import ArgumentParser
import TelemetryJSON

/// `weir configuration …`: automatic device management.
struct ConfigurationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configuration",
        abstract: "Keep the desired properties of all devices that match a condition as they are to be.",
        subcommands: [
            ConfigurationCreateCommand.self, ConfigurationListCommand.self, ConfigurationShowCommand.self,
            ConfigurationUpdateCommand.self, ConfigurationDeleteCommand.self, ConfigurationTestCommand.self,
        ]
    )

    /// Prints a configuration as it is asked for.
    static func print(_ document: JSONObject, isJSON: Bool) throws {
        let console = Console.current
        if isJSON { return try console.print(document.description) }
        for line in ConfigurationText.lines(document, for: console) { try console.print(line) }
    }
}
