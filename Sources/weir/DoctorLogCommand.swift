import ArgumentParser

/// `weir doctor log`: checks every checksum of the log.
struct DoctorLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Check every checksum of the log; exit status 1 when one is wrong.",
        discussion: """
            Through the gateway while it runs, its own topics included; on the data folder itself when it does not. \
            Nothing is changed.
            """
    )

    @Option(help: ArgumentHelp("Only this topic.", valueName: "name"))
    var topic: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let check = LogCheck(connection: self.connection, topic: self.topic, isJSON: self.output.isJSON)
        if try await !check.run() { throw ExitCode(1) }
    }
}
