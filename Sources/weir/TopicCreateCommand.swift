import ArgumentParser
import GatewayClient

/// `weir topic create NAME`: makes a topic.
struct TopicCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a topic.",
        discussion: """
            What is not said is as the gateway's configuration has it (log.partitions, log.retention…). The number of \
            partitions never changes; everything else does with `weir topic set`.
            """
    )

    @Argument(help: "The topic's name: 1 to 249 of A–Z a–z 0–9 . _ -, not beginning with _.")
    var name: String

    @Option(help: ArgumentHelp("Partitions, 1 to 32; fixed for ever.", valueName: "n"))
    var partitions: Int?

    @OptionGroup var settings: TopicSettingsOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let partitions, !(1...32).contains(partitions) {
            throw ValidationError("--partitions is \(partitions), expected 1 to 32")
        }
    }

    func run() async throws {
        var change = self.settings.change
        change.partitions = self.partitions
        try TopicText.print(try await self.connection.client().createTopic(self.name, change), self.output)
    }
}
