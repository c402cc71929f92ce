import ArgumentParser
import GatewayClient
import HubProtocol

/// `weir hub connection-string`: what programs and other machines need to call the gateway.
struct HubConnectionStringCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connection-string",
        abstract: "Print a service connection string; works while the gateway is off."
    )

    @Option(
        help: ArgumentHelp(
            "iothubowner, service, device, registryRead or registryReadWrite. (default: iothubowner)",
            valueName: "name"
        )
    )
    var policy: String?

    @Option(help: ArgumentHelp("The host name to write. (default: one that reaches the API)", valueName: "name"))
    var host: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let string = try self.connection.serviceString(policy: self.policy, host: self.host).description
        try Console.current.print(self.output.isJSON ? JSONLine.encode(["connectionString": string]) : string)
    }
}
