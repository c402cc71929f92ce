import ArgumentParser

/// `weir enrollment …`: who may register by itself.
struct EnrollmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrollment",
        abstract: "Let boards register by themselves: with a key or certificate, and nothing else.",
        discussion: """
            A group is a key from which each board's own is derived, or an authority that signs each board's certificate. \
            An individual enrollment is for one board. Boards ask at the MQTT port, with the id scope that \
            `weir hub status` shows.
            """,
        subcommands: [
            EnrollmentCreateCommand.self, EnrollmentListCommand.self, EnrollmentShowCommand.self,
            EnrollmentDeleteCommand.self,
        ]
    )
}
