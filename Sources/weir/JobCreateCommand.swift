import ArgumentParser

/// `weir job create …`: makes a job.
struct JobCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a job: now, or for a time.",
        subcommands: [JobCreateTwinUpdateCommand.self, JobCreateMethodCommand.self]
    )
}
