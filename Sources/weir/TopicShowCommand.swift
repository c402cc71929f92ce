import ArgumentParser
import GatewayClient

/// `weir topic show NAME`: one topic with its settings and offsets.
struct TopicShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a topic: what it holds and how it is set."
    )

    @Argument(help: "The topic's name.")
    var name: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try TopicText.print(try await self.connection.client().topic(self.name), self.output)
    }
}
