import ArgumentParser
import GatewayClient

/// `weir events read [TOPIC]`: records that are stored.
struct EventsReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Print stored records, oldest first."
    )

    @Argument(help: "The topic.")
    var topic = "telemetry"

    @OptionGroup var records: RecordOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let lines = try await client.records(of: self.topic, self.records.query(follow: false, start: "earliest"))
        try await RecordPrinter(console: .current, isJSON: self.output.isJSON).print(lines)
    }
}
