import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir method call ID NAME`: calls a method and prints its answer.
struct MethodCallCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a method of a connected device and print its answer.",
        discussion: """
            Prints the answer's payload; the device's own status, where it is not 200, goes to stderr. Exit status 1 \
            when the device was not reached, did not answer, or answered with a status of 400 and more.

            Examples:
              weir method call dev1 reboot
              weir method call dev1 setFan --payload '{"speed":3}' --timeout 10
              weir method call dev1/mod1 ping --connect-timeout 60      # waits for it to come back
            """
    )

    @Argument(help: "The device's id, or device/module.")
    var id: String

    @Argument(help: "The method's name.")
    var name: String

    @OptionGroup var call: MethodCallOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let payload = try self.call.payloadValue()
        let client = try self.connection.client()
        let answer = try await client.invoke(
            self.name,
            on: self.id,
            payload: payload,
            responseTimeoutSeconds: self.call.timeout,
            connectTimeoutSeconds: self.call.connectTimeout
        )
        let console = Console.current
        let status = answer["status"]?.integer ?? 200
        if self.output.isJSON {
            try console.print(answer.description)
        } else {
            if status != 200 { console.note("\(self.id) answered with status \(status)") }
            try console.print(EventText.printable((answer["payload"] ?? .null).description))
        }
        if status >= 400 { throw ExitCode(1) }
    }
}
