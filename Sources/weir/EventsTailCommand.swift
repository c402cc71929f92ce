import ArgumentParser
import GatewayClient

/// `weir events tail [TOPIC]`: records as they come.
struct EventsTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Print records as they come, until interrupted.",
        discussion: "Begins at the end of the topic unless --from says otherwise."
    )

    @Argument(help: "The topic.")
    var topic = "telemetry"

    @OptionGroup var records: RecordOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let lines = try await client.records(of: self.topic, self.records.query(follow: true, start: "end"))
        try await RecordPrinter(console: .current, isJSON: self.output.isJSON, isFollowing: true).print(lines)
        guard self.records.isBounded else {
            throw CommandFailure("the gateway at \(client.connection.address) ended the stream: it has stopped")
        }
    }
}
