import ArgumentParser

/// `weir message …`: cloud-to-device messages.
struct MessageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message",
        abstract: "Send messages to devices, and see what became of them.",
        subcommands: [MessageSendCommand.self, MessagePurgeCommand.self, MessageFeedbackCommand.self]
    )
}
