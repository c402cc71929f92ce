import ArgumentParser
import GatewayClient

/// `weir topic list`: topics with what they hold.
struct TopicListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the topics of the log.")

    @Flag(name: .customLong("all"), help: "Also the gateway's own topics, whose names begin with _.")
    var showsHidden = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let topics = try await self.connection.client().topics(hidden: self.showsHidden)
        let console = Console.current
        if self.output.isJSON {
            for topic in topics { try console.print(JSONLine.encode(topic)) }
        } else {
            try TopicText.table(topics).print(to: console)
        }
    }
}
