import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir job show ID`: one job, and how it went on every device.
struct JobShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a job; with --devices how it went on each device.",
        discussion: """
            Examples:
              weir job show j1 --devices
              weir job show j1 --wait
            """
    )

    @Argument(help: "The job's id.")
    var id: String

    @Flag(help: "How it went on each device, too.")
    var devices = false

    @Flag(help: "Wait until it has ended; exit status 1 when it failed, on any device.")
    var wait = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        var result: Result<Void, any Error> = .success(())
        if self.wait {
            do {
                try await JobCommand.wait(for: self.id, with: client, isJSON: self.output.isJSON)
            } catch let status as ExitCode {
                result = .failure(status)  // its devices tell why
            }
        } else {
            try JobCommand.print(try await client.job(self.id), isJSON: self.output.isJSON)
        }
        if self.devices { try await self.printDevices(with: client) }
        try result.get()
    }

    private func printDevices(with client: GatewayClient) async throws {
        let console = Console.current
        let query = "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = \(JobShowCommand.quoted(self.id))"
        var table = QueryText(columns: ["deviceId", "moduleId", "status", "endTimeUtc", "outcome", "error"])
        var continuation: String?
        repeat {
            let page = try await client.query(
                query,
                pageSize: GatewayClient.rowsPerPage,
                continuation: continuation
            )
            let lines =
                self.output.isJSON ? page.items.map(\.description) : table.lines(page.items, for: console)
            if !lines.isEmpty { try console.output(Array((lines.joined(separator: "\n") + "\n").utf8)) }
            continuation = page.continuation
        } while continuation != nil
    }

    /// A text as a constant of the query language.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
