import ArgumentParser
import GatewayClient

/// `weir alerts`: what the streams found.
struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "Print alerts, oldest first; with --follow as they come.",
        discussion: "With --follow it begins at the end unless --from says otherwise."
    )

    @Flag(help: "Wait for new alerts, until interrupted.")
    var follow = false

    @OptionGroup var records: RecordOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let query = self.records.query(follow: self.follow, start: self.follow ? "end" : "earliest")
        let lines = try await client.records(of: "alerts", query)
        let printer = RecordPrinter(
            console: .current,
            isJSON: self.output.isJSON,
            isFollowing: self.follow,
            form: .alert
        )
        try await printer.print(lines)
        guard !self.follow || self.records.isBounded else {
            throw CommandFailure("the gateway at \(client.connection.address) ended the stream: it has stopped")
        }
    }
}
