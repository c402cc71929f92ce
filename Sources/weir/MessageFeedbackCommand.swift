import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir message feedback`: what became of messages.
struct MessageFeedbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "Print what became of messages sent with --ack, and remove what was printed.",
        discussion: """
            The gateway gathers outcomes for 15 seconds, so what just happened comes a little later. Every record is \
            given to one reader only, and programs that use the service SDK read the same ones; --peek leaves them \
            there. Topic commands has all outcomes at once, and keeps them: `weir events read commands`.

            Examples:
              weir message feedback
              weir message feedback --follow --json
            """
    )

    /// Between two questions for more.
    private static let pollInterval: Duration = .seconds(1)

    @Flag(help: "Wait for more, until interrupted.")
    var follow = false

    @Flag(help: "Print the next batch and give it back.")
    var peek = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.follow, self.peek { throw ValidationError("--follow and --peek exclude each other") }
    }

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var count = 0
        while true {
            if let batch = try await client.nextFeedback() {
                do {
                    for record in batch.records {
                        try console.print(
                            self.output.isJSON ? record.description : FeedbackText.line(record, for: console)
                        )
                    }
                } catch {
                    try await client.abandonFeedback(batch.lock)  // not printed: the next reader gets it
                    throw error
                }
                count += batch.records.count
                if self.peek { return try await client.abandonFeedback(batch.lock) }
                try await client.completeFeedback(batch.lock)
            } else if self.follow {
                try await Task.sleep(for: MessageFeedbackCommand.pollInterval)
            } else {
                break
            }
        }
        if count == 0, !self.output.isJSON {
            console.note("no feedback; messages sent with --ack have some, up to 15 seconds after their end")
        }
    }
}
