import ArgumentParser
import GatewayClient

/// `weir topic set NAME --retention 30d`: sets a topic anew.
struct TopicSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set a topic anew; what is not said stays.",
        discussion: "What a shorter retention removes goes within a minute, whole segments at a time."
    )

    @Argument(help: "The topic's name.")
    var name: String

    @OptionGroup var settings: TopicSettingsOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.settings.change != TopicChange() else {
            throw ValidationError("say what to set: --retention, --retention-bytes, --segment-bytes, …")
        }
    }

    func run() async throws {
        try TopicText.print(try await self.connection.client().setTopic(self.name, self.settings.change), self.output)
    }
}
