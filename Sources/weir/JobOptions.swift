import ArgumentParser
import FoundationEssentials
import GatewayClient
import TelemetryJSON
import TelemetryModel

/// Which devices a job is for, when it begins and how fast it goes.
struct JobOptions: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "The devices: what stands behind WHERE in `weir device query`, such as \"tags.site = 'north'\", or * for all.",
            valueName: "condition"
        )
    )
    var condition: String

    @Option(help: ArgumentHelp("The job's id. (default: a new one)", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("When it begins. (default: at once)", valueName: "time"))
    var at: TimeOption?

    @Option(
        help: ArgumentHelp("It fails when it is not done after so long: 90s, 2h. (default: a day)", valueName: "time")
    )
    var within: DurationOption?

    @Option(help: ArgumentHelp("Devices it begins with in a second, 1 to 1000. (default: 500)", valueName: "n"))
    var rate: Int?

    @Option(
        help: ArgumentHelp(
            "End it when so many percent of the devices that had their turn failed, 1 to 100. (default: never)",
            valueName: "percent"
        )
    )
    var abortFailedPercent: Int?

    @Flag(help: "Wait until it has ended; exit status 1 when it failed, on any device.")
    var wait = false

    func validate() throws {
        if let rate, !(1...1_000).contains(rate) { throw ValidationError("--rate is \(rate), expected 1 to 1000") }
        if let percent = self.abortFailedPercent, !(1...100).contains(percent) {
            throw ValidationError("--abort-failed-percent is \(percent), expected 1 to 100")
        }
        if let within, !(1_000...2_592_000_000).contains(within.milliseconds) {
            throw ValidationError("--within is \(within.milliseconds) ms, expected 1s to 30d")
        }
    }

    /// Adds what the options say to a job.
    func add(to job: inout JSONObject) {
        job["queryCondition"] = .string(self.condition)
        if let at { job["startTime"] = .string(at.time.description) }
        if let within { job["maxExecutionTimeInSeconds"] = .integer(within.milliseconds / 1_000) }
        if let rate { job["rateLimitPerSecond"] = .integer(Int64(rate)) }
        if let percent = self.abortFailedPercent { job["abortFailedPercent"] = .integer(Int64(percent)) }
    }

    /// Makes the job, and waits for its end when it is asked for.
    ///
    /// - Parameters:
    ///   - job: `type` and what it does.
    ///   - connection: where the gateway is.
    ///   - isJSON: how it is printed.
    /// - Throws: `GatewayClientError`; exit status 1 when it was waited for and failed.
    func run(_ job: JSONObject, on connection: ConnectionOptions, isJSON: Bool) async throws {
        var job = job
        self.add(to: &job)
        let client = try connection.client()
        let id = self.id ?? "job-\(UUID().uuidString.lowercased())"
        let made = try await client.createJob(id, job)
        guard self.wait else { return try JobCommand.print(made, isJSON: isJSON) }
        try await JobCommand.wait(for: id, with: client, isJSON: isJSON)
    }
}
