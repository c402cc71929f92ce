import ArgumentParser
import GatewayClient

/// `weir job cancel ID`: ends a job.
struct JobCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a job; what is done stays done.",
        discussion: """
            Examples:
              weir job cancel j1
            """
    )

    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let job = try await self.connection.client().cancelJob(self.id)
        try JobCommand.print(job, isJSON: self.output.isJSON)
    }
}
