import ArgumentParser
import GatewayClient

/// `weir enrollment delete NAME…`: nobody registers by them any more.
struct EnrollmentDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete enrollments with what is known of their registrations; the devices stay."
    )

    @Argument(help: ArgumentHelp("Their names.", valueName: "name"))
    var names: [String]

    @OptionGroup var kind: EnrollmentKindOption
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        for name in self.names {
            try await client.deleteEnrollment(self.kind.value, name)
            if self.output.isJSON { try Console.current.print(JSONLine.encode(["deleted": name])) }
        }
    }
}
