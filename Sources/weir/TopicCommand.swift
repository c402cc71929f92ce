import ArgumentParser

/// `weir topic …`: the topics of the log.
struct TopicCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topic",
        abstract: "The topics of the event log.",
        subcommands: [
            TopicListCommand.self, TopicShowCommand.self, TopicCreateCommand.self, TopicSetCommand.self,
            TopicDeleteCommand.self, TopicReopenCommand.self,
        ]
    )
}
