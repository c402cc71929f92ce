import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir job …`: the same for many devices.
struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Change the twins, or call a method, of many devices at a rate.",
        subcommands: [
            JobCreateCommand.self, JobListCommand.self, JobShowCommand.self, JobCancelCommand.self,
        ]
    )

    /// Between two looks at a running job.
    private static let pollInterval: Duration = .seconds(1)

    /// Prints a job as it is asked for.
    static func print(_ job: JSONObject, isJSON: Bool) throws {
        let console = Console.current
        if isJSON { return try console.print(job.description) }
        for line in JobText.lines(job, for: console) { try console.print(line) }
    }

    /// Shows a job's progress until it has ended, and the job itself then.
    ///
    /// - Throws: exit status 1 when it did not complete, or failed on a device.
    static func wait(for id: String, with client: GatewayClient, isJSON: Bool) async throws {
        let progress = ProgressDisplay()
        defer { progress.clear() }
        while true {
            let job = try await client.job(id)
            let state = JobText.state(job)
            guard state.isEnded else {
                progress.show(state.status, state.done, of: state.total, detail: "\(state.failed) failed")
                try await Task.sleep(for: JobCommand.pollInterval)
                continue
            }
            progress.clear()
            try JobCommand.print(job, isJSON: isJSON)
            if state.status != "completed" || state.failed > 0 { throw ExitCode(1) }
            return
        }
    }
}
