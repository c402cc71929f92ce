import ArgumentParser
import GatewayClient

/// `weir topic reopen NAME…`: lets a fenced topic take records again.
struct TopicReopenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Reopen topics that a failed write has fenced.",
        discussion: """
            The topic goes through recovery: what was not synced when the write failed is cut off, nobody was told \
            that it is stored. Check the disk first; `weir doctor log` reads every record.
            """
    )

    @Argument(help: ArgumentHelp("The topics' names.", valueName: "name"))
    var names: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        for name in self.names { try TopicText.print(try await client.reopenTopic(name), self.output) }
    }
}
