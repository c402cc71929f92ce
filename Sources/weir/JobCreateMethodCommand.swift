import ArgumentParser
import TelemetryJSON

/// `weir job create method NAME --where …`: calls a method of many devices.
struct JobCreateMethodCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "method",
        abstract: "Call a method of many devices.",
        discussion: """
            The devices are looked for when the job begins; one that is away, or does not answer, counts as failed. \
            `weir job show ID --devices` tells every device's answer.

            Examples:
              weir job create method reboot --where "tags.site = 'north'" --rate 10 --wait
              weir job create method setFan --payload '{"speed":3}' --where '*' --abort-failed-percent 20
            """
    )

    @Argument(help: "The method's name.")
    var name: String

    @OptionGroup var call: MethodCallOptions
    @OptionGroup var job: JobOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var method: JSONObject = ["methodName": .string(self.name)]
        method["payload"] = try self.call.payloadValue()
        method["responseTimeoutInSeconds"] = self.call.timeout.map { .integer(Int64($0)) }
        method["connectTimeoutInSeconds"] = self.call.connectTimeout.map { .integer(Int64($0)) }
        try await self.job.run(
            ["type": .string("scheduleDeviceMethod"), "cloudToDeviceMethod": .object(method)],
            on: self.connection,
            isJSON: self.output.isJSON
        )
    }
}
