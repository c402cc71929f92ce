import ArgumentParser

/// `weir events …`: records of the log.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Read records of the event log, or watch them come.",
        subcommands: [EventsReadCommand.self, EventsTailCommand.self]
    )
}
