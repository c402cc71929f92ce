import ArgumentParser
import FoundationEssentials
import Gateway
import Glibc

/// How a command that runs a gateway finds its settings.
struct GatewayOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set a key, such as mqtt.port=0; goes before environment and file.", valueName: "key=value")
    )
    var assignments: [String] = []

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file. (default: the defaults of config/gateway.yaml)", valueName: "file")
    )
    var file: String?

    /// The checked settings.
    ///
    /// - Parameter standards: assignments that anything the operator says goes before.
    /// - Returns: the settings.
    /// - Throws: `ConfigurationFaults`, every one found.
    func configuration(standards: [String] = []) throws -> GatewayConfiguration {
        let reader = ConfigurationReader(
            assignments: standards + self.assignments,
            environment: ProcessInfo.processInfo.environment,
            file: try self.file.map(GatewayOptions.read)
        )
        return try reader.configuration(hostName: ProcessInfo.processInfo.hostName)
    }

    /// Reads a configuration file; nothing is checked against the known keys yet.
    static func read(_ path: String) throws -> ConfigurationFile {
        try ConfigurationFile(yaml: try GatewayOptions.readText(path), path: path)
    }

    /// Reads a file of UTF-8 text.
    static func readText(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure("\(path) is not UTF-8 text")
        }
        return text
    }
}
