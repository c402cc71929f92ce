import ArgumentParser
import GatewayClient
import HubProtocol
import TelemetryJSON

/// `weir enrollment show NAME`: one enrollment, its keys, or the key of one board.
struct EnrollmentShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an enrollment, its keys, or what one board of a group is given."
    )

    @Argument(help: ArgumentHelp("Its name.", valueName: "name"))
    var name: String

    @OptionGroup var kind: EnrollmentKindOption

    @Flag(help: "Print its keys, too.")
    var keys = false

    @Option(
        help: ArgumentHelp(
            "Print the key of the board with this registration id and nothing else; it is derived from the group's.",
            valueName: "id"
        )
    )
    var keyFor: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.keyFor != nil, self.kind.individual {
            throw ValidationError("--key-for is for groups: one board's keys are its enrollment's, see --keys")
        }
    }

    func run() async throws {
        let client = try self.connection.client()
        if let text = self.keyFor { return try await self.printKey(of: text, client) }
        let kind = self.kind.value
        var enrollment = try await client.enrollment(kind, self.name)
        if self.keys {
            enrollment.set("attestation", to: .object(try await client.enrollmentAttestation(kind, self.name)))
        }
        try EnrollmentText.print(enrollment, kind, isJSON: self.output.isJSON)
    }

    private func printKey(of text: String, _ client: GatewayClient) async throws {
        guard let id = RegistrationID(text) else {
            throw CommandFailure(
                "“\(text)” is no registration id: 1 to 128 letters, digits and - . _ : with a letter or digit at the end"
            )
        }
        let attestation = try await client.enrollmentAttestation(.group, self.name)
        guard let groupKey = attestation["symmetricKey"]?.object?["primaryKey"]?.string,
            let key = id.deviceKey(ofGroup: groupKey)
        else { throw CommandFailure("the boards of group \(self.name) prove themselves by certificates, not by keys") }
        let line: JSONObject = ["registrationId": .string(id.text), "key": .string(key)]
        try Console.current.print(self.output.isJSON ? line.description : key)
    }
}
