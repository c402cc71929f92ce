import ArgumentParser
import GatewayClient

/// `weir twin update ID`: merges tags and desired properties into a twin.
struct TwinUpdateCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change tags and desired properties of a twin; what is not named stays.",
        discussion: """
            A connected device is told at once, another one when it connects. A value that is JSON is taken as such, \
            anything else as text; null deletes. With --etag nothing is changed when somebody else was faster.

            Examples:
              weir twin update dev1 --desired interval=10 --tags site=north
              weir twin update dev1 '{"properties":{"desired":{"fan":{"on":true,"speed":null}}}}'
              weir twin update dev1 @patch.json --etag AAAAAAAAAAU=
            """
    )

    @Argument(help: "The device's id, or device/module.")
    var id: String

    @Argument(help: #"The patch, {"tags":{…},"properties":{"desired":{…}}}, @file, or - for standard input."#)
    var patch: String?

    @OptionGroup var properties: TwinPatchOptions

    @Option(help: ArgumentHelp("Only when the twin still has this etag.", valueName: "etag"))
    var etag: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.patch != nil || self.properties.isGiven else {
            throw ValidationError("nothing to change: give a patch, --tags or --desired")
        }
    }

    func run() async throws {
        let patch = try self.properties.patch(over: self.patch)
        let client = try self.connection.client()
        let twin = try await client.updateTwin(self.id, patch, etag: self.etag)
        try TwinCommand.print(twin, isJSON: self.output.isJSON)
    }
}
