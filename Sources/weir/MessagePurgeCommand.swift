import ArgumentParser
import GatewayClient

/// `weir message purge ID…`: empties the queues of devices.
struct MessagePurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove the messages that wait for a device.",
        discussion: """
            Messages sent with --ack negative or full become feedback: Purged.

            Examples:
              weir message purge dev1
            """
    )

    @Argument(help: ArgumentHelp("The devices' ids.", valueName: "id"))
    var ids: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        struct Purged: Encodable {
            var deviceId: String
            var purged: Int
        }
        let client = try self.connection.client()
        for id in self.ids {
            let count = try await client.purgeMessages(of: id)
            try Console.current.print(
                self.output.isJSON
                    ? JSONLine.encode(Purged(deviceId: id, purged: count))
                    : "\(id): \(count) \(count == 1 ? "message" : "messages") removed"
            )
        }
    }
}
