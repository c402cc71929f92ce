import ArgumentParser
import TelemetryJSON

/// `weir job create twin-update --where …`: writes tags and desired properties of many devices.
struct JobCreateTwinUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twin-update",
        abstract: "Change tags and desired properties of many devices.",
        discussion: """
            The devices are looked for when the job begins; see `weir twin update` for patches.

            Examples:
              weir job create twin-update --where "tags.site = 'north'" --desired interval=60 --wait
              weir job create twin-update --where '*' --tags batch=7 --rate 50 --at 2026-12-01T02:00:00Z
            """
    )

    @Argument(help: #"The patch, {"tags":{…},"properties":{"desired":{…}}}, @file, or - for standard input."#)
    var patch: String?

    @OptionGroup var properties: TwinPatchOptions
    @OptionGroup var job: JobOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.patch != nil || self.properties.isGiven else {
            throw ValidationError("nothing to change: give a patch, --tags or --desired")
        }
    }

    func run() async throws {
        var update = try self.properties.patch(over: self.patch)
        update["etag"] = .string("*")
        try await self.job.run(
            ["type": .string("scheduleUpdateTwin"), "updateTwin": .object(update)],
            on: self.connection,
            isJSON: self.output.isJSON
        )
    }
}
