import ArgumentParser
import FoundationEssentials
import GatewayClient

/// `weir message send ID TEXT`: puts a message into a device's queue.
struct MessageSendCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Queue a message for a device and print the message's id.",
        discussion: """
            The message waits until the device takes it or it expires; a queue holds 50. With --ack, `weir message \
            feedback` tells what became of it.

            Examples:
              weir message send dev1 'water the plants'
              weir message send dev1 '{"volume":2}' --content-type application/json --property urgent=yes
              weir message send dev1 - --expires 10min --ack full < note.txt
            """
    )

    @Argument(help: "The device's id.")
    var id: String

    @Argument(help: "What it gets: text, @file, or - for standard input.")
    var text: String

    @Option(
        name: .customLong("property"),
        help: ArgumentHelp("An application property, ASCII; may be repeated.", valueName: "name=value")
    )
    var properties: [MessageProperty] = []

    @Option(help: ArgumentHelp("Its id, what feedback names. (default: a new one)", valueName: "id"))
    var messageID: String?

    @Option(help: ArgumentHelp("The id of what it answers.", valueName: "id"))
    var correlationID: String?

    @Option(help: ArgumentHelp("Such as application/json.", valueName: "type"))
    var contentType: String?

    @Option(
        help: ArgumentHelp(
            "When it is worth nothing any more: 90s, 10min, 2h, or a time. (default: the gateway's, an hour)",
            valueName: "when"
        )
    )
    var expires: ExpiryOption?

    @Option(help: "Which outcomes become feedback: none, positive, negative or full.")
    var ack: AcknowledgementOption = .none

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.id.contains("/") {
            throw ValidationError(
                "\(self.id) is a module: messages are for devices, `weir method call` reaches modules"
            )
        }
        for (name, value) in [
            ("message-id", self.messageID), ("correlation-id", self.correlationID), ("content-type", self.contentType),
        ] {
            guard let value, value.isEmpty || !MessageProperty.isFieldValue(value) else { continue }
            throw ValidationError("--\(name) is “\(value)”, expected visible ASCII characters")
        }
    }

    func run() async throws {
        let payload = try self.payload()
        let client = try self.connection.client()
        let messageID = self.messageID ?? UUID().uuidString.lowercased()
        let message = OutgoingMessage(
            device: self.id,
            messageID: messageID,
            correlationID: self.correlationID,
            contentType: self.contentType,
            expiresAt: self.expires?.time(after: GatewayClient.wallClock()),
            acknowledgement: self.ack.value,
            properties: self.properties.map { .init(name: $0.name, value: $0.value) },
            payload: payload
        )
        try await client.sendMessage(message)
        let console = Console.current
        try console.print(
            self.output.isJSON ? JSONLine.encode(["deviceId": self.id, "messageId": messageID]) : messageID
        )
    }

    private func payload() throws -> [UInt8] {
        if self.text == "-" { return try InputFile(path: "-").read(LineReader.lineBytesMax) }
        if self.text.hasPrefix("@") {
            return try InputFile(path: String(self.text.dropFirst())).read(LineReader.lineBytesMax)
        }
        return Array(self.text.utf8)
    }
}
