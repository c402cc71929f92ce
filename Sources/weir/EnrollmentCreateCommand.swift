import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir enrollment create NAME`: lets boards register.
struct EnrollmentCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Let boards register with a key, or with a certificate.",
        discussion: """
            Without --certificate the gateway makes two keys; `weir enrollment show NAME --keys` tells them, and \
            `weir enrollment show NAME --key-for ID` what one board of a group is given.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The group's name, or the board's registration id: letters, digits and - . _ :",
            valueName: "name"
        )
    )
    var name: String

    @OptionGroup var kind: EnrollmentKindOption

    @Option(
        help: ArgumentHelp(
            "PEM: of a group the authority that signs its boards' certificates, of one board its own certificate.",
            valueName: "file"
        )
    )
    var certificate: String?

    @Option(help: ArgumentHelp("The device that one board becomes, if not its registration id.", valueName: "id"))
    var deviceID: String?

    @Option(
        help: ArgumentHelp(
            #"What new devices' twins begin with, a JSON file: {"tags":{…},"properties":{"desired":{…}}}."#,
            valueName: "file"
        )
    )
    var initialTwin: String?

    @Flag(help: "Make it disabled: nobody may register yet.")
    var disabled = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.deviceID != nil, !self.kind.individual {
            throw ValidationError("--device-id goes with --individual: boards of a group are called as they register")
        }
    }

    func run() async throws {
        let kind = self.kind.value
        var document: JSONObject = [
            "attestation": .object(try self.attestation()),
            "provisioningStatus": .string(self.disabled ? "disabled" : "enabled"),
        ]
        if let device = self.deviceID { document.set("deviceId", to: .string(device)) }
        if let path = self.initialTwin { document.set("initialTwin", to: try EnrollmentCreateCommand.json(path)) }
        let client = try self.connection.client()
        let made = try await client.createEnrollment(kind, self.name, document)
        try EnrollmentText.print(made, kind, isJSON: self.output.isJSON)
        guard !self.output.isJSON else { return }
        if let scope = try await client.status().idScope { Console.current.note("boards name the id scope \(scope)") }
    }

    private func attestation() throws(CommandFailure) -> JSONObject {
        guard let path = self.certificate else { return ["type": .string("symmetricKey")] }
        let pem = String(decoding: try EnrollmentCreateCommand.bytes(path), as: UTF8.self)
        let slots: JSONValue = .object(["primary": .object(["certificate": .string(pem)])])
        let name = self.kind.individual ? "clientCertificates" : "signingCertificates"
        return ["type": .string("x509"), "x509": .object([name: slots])]
    }

    private static func json(_ path: String) throws(CommandFailure) -> JSONValue {
        let bytes = try self.bytes(path)
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw CommandFailure("\(path) is not JSON: \(error)")
        }
    }

    private static func bytes(_ path: String) throws(CommandFailure) -> [UInt8] {
        let limit = 64 << 10
        let file = try InputFile(path: path)
        let bytes = try file.read(limit + 1)
        guard bytes.count <= limit else { throw CommandFailure("\(path) has more than \(limit) bytes") }
        return bytes
    }
}
