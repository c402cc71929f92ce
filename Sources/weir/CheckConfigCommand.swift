import ArgumentParser
import FoundationEssentials
import Gateway

/// `weir check-config FILE`: checks a configuration file, with the environment, and starts nothing.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration file; prints each fault with key, value and what was expected."
    )

    @Argument(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var file: String

    func run() throws {
        let reader = ConfigurationReader(
            assignments: [],
            environment: ProcessInfo.processInfo.environment,
            file: try GatewayOptions.read(self.file)
        )
        _ = try reader.configuration(hostName: ProcessInfo.processInfo.hostName)
        try Console.current.print("\(self.file): fine")
    }
}
