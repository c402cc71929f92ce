import ArgumentParser

/// `weir doctor …`: looks for what is wrong.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong with a gateway's data; nothing is changed.",
        subcommands: [DoctorLogCommand.self]
    )
}
