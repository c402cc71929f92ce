import ArgumentParser
import TelemetryJSON

/// `weir twin …`: what devices are to be, and what they say they are.
struct TwinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twin",
        abstract: "Twins: tags, desired and reported properties, and how they became what they are.",
        subcommands: [
            TwinShowCommand.self, TwinUpdateCommand.self, TwinReplaceCommand.self, TwinHistoryCommand.self,
        ]
    )

    /// Prints a twin as it is asked for.
    static func print(_ twin: JSONObject, isJSON: Bool) throws {
        let console = Console.current
        if isJSON { return try console.print(twin.description) }
        for line in TwinText.lines(twin, for: console) { try console.print(line) }
    }
}
