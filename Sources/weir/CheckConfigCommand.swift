import ArgumentParser
import FoundationEssentials
import Gateway

/// `weir check-config FILE`: checks a configuration file, with the environment, or a file of ingest rules; starts nothing.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check gateway.yaml or ingest.yaml; prints each fault with key, value and what was expected."
    )

    @Argument(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var file: String

    func run() throws {
        let text = try GatewayOptions.readText(self.file)
        if IngestFile.isIngestFile(yaml: text) {
            _ = try IngestFile.rules(yaml: text, path: self.file)
        } else {
            try self.checkGateway(text)
        }
        try Console.current.print("\(self.file): fine")
    }

    /// Checks the gateway's settings, and the file of rules that they name.
    private func checkGateway(_ text: String) throws {
        let reader = ConfigurationReader(
            assignments: [],
            environment: ProcessInfo.processInfo.environment,
            file: try ConfigurationFile(yaml: text, path: self.file)
        )
        let configuration = try reader.configuration(hostName: ProcessInfo.processInfo.hostName)
        guard let rules = configuration.ingestFile else { return }
        _ = try IngestFile.rules(yaml: try GatewayOptions.readText(rules), path: rules)
    }
}
