import ArgumentParser

/// `weir doctor …`: looks for what is wrong.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong with a gateway and its data; nothing is changed.",
        discussion: "Without a word behind it: everything, one after the other.",
        subcommands: [DoctorAllCommand.self, DoctorCertificatesCommand.self, DoctorLogCommand.self],
        defaultSubcommand: DoctorAllCommand.self
    )
}
