import ArgumentParser
import GatewayClient
import HubProtocol
import TelemetryModel

/// `weir device token ID` and `weir device token --policy P [ID]`: makes a SAS token.
struct DeviceTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a SAS token, the MQTT password of a device.",
        discussion: """
            With an ID, the token is signed with the device's key. With --policy device, it is signed with that \
            policy's key and opens every device, or with an ID only that one.
            """
    )

    /// Seconds in a hundred years.
    private static let ttlMax = 3_155_760_000

    @Argument(help: "The device's id, or device/module; not needed with --policy.")
    var id: String?

    @Option(help: ArgumentHelp("How long the token holds, in seconds.", valueName: "seconds"))
    var ttl = 3_600

    @Option(help: ArgumentHelp("Sign with this policy's key instead of the device's.", valueName: "name"))
    var policy: String?

    @Option(help: ArgumentHelp("The host name in the token. (default: the hub's own name)", valueName: "name"))
    var host: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.id != nil || self.policy != nil else {
            throw ValidationError("name a device, or a policy with --policy device")
        }
        guard (1...DeviceTokenCommand.ttlMax).contains(self.ttl) else {
            throw ValidationError("--ttl is \(self.ttl), expected 1 to \(DeviceTokenCommand.ttlMax) seconds")
        }
    }

    func run() async throws {
        let (hubName, key) = try await self.signer()
        let resource = (self.host ?? hubName) + (self.id.map(DeviceTokenCommand.path) ?? "")
        guard let bytes = SASToken.keyBytes(key) else {
            throw CommandFailure("the key is not base64: nothing can be signed with it")
        }
        let expiry = GatewayClient.wallClock() + .seconds(self.ttl)
        let token = SASToken.make(resource: resource, key: bytes, expiry: expiry, policy: self.policy)
        if self.output.isJSON {
            try Console.current.print(JSONLine.encode(["token": token, "resource": resource, "expires": "\(expiry)"]))
        } else {
            try Console.current.print(token)
        }
    }

    /// What a token of a device or module opens: `/devices/dev1`, `/devices/dev1/modules/mod1`.
    static func path(_ id: String) -> String {
        "/devices/"
            + id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: "/modules/")
    }

    /// The hub's name and the key that signs: the device's, from the gateway, or the policy's, from where the
    /// credentials are.
    private func signer() async throws -> (hubName: String, key: String) {
        guard let policy = self.policy else {
            let client = try self.connection.client()
            let device = try await client.device(self.id ?? "")
            return (client.connection.deviceHostName, device.authentication.symmetricKey.primaryKey)
        }
        let string = try self.connection.serviceString(policy: policy)
        return (
            try GatewayConnection(connectionString: string.description).deviceHostName, string.sharedAccessKey ?? ""
        )
    }
}
