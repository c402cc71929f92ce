import ArgumentParser
import GatewayClient

/// `weir twin show ID`: a twin, now or as it was.
struct TwinShowCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a twin, now or as it was at a time.",
        discussion: """
            With --at the twin is led back through the log's records of its changes, as far as their retention goes.

            Examples:
              weir twin show dev1
              weir twin show dev1/mod1 --json
              weir twin show dev1 --at 2026-11-21T04:00:00Z
            """
    )

    @Argument(help: "The device's id, or device/module.")
    var id: String

    @Option(help: ArgumentHelp("As it was then, such as 2026-11-21T04:00:00Z.", valueName: "time"))
    var at: TimeOption?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        try TwinCommand.print(try await client.twin(self.id, at: self.at?.time), isJSON: self.output.isJSON)
    }
}
