import ArgumentParser
import GatewayClient

/// `weir twin replace ID`: replaces tags and desired properties of a twin.
struct TwinReplaceCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Replace all tags, and all desired properties where any are given.",
        discussion: """
            Tags that are not given are gone afterwards; desired properties stay when none are given at all.

            Examples:
              weir twin replace dev1 @twin.json
              weir twin replace dev1 --tags site=north --desired interval=10
            """
    )

    @Argument(help: "The device's id, or device/module.")
    var id: String

    @Argument(help: #"The twin, {"tags":{…},"properties":{"desired":{…}}}, @file, or - for standard input."#)
    var twin: String?

    @OptionGroup var properties: TwinPatchOptions

    @Option(help: ArgumentHelp("Only when the twin still has this etag.", valueName: "etag"))
    var etag: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.twin != nil || self.properties.isGiven else {
            throw ValidationError("nothing to put in its place: give a twin, --tags or --desired")
        }
    }

    func run() async throws {
        let wanted = try self.properties.patch(over: self.twin)
        let client = try self.connection.client()
        let twin = try await client.replaceTwin(self.id, wanted, etag: self.etag)
        try TwinCommand.print(twin, isJSON: self.output.isJSON)
    }
}
