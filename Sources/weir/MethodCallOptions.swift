import ArgumentParser
import TelemetryJSON

/// With what a direct method is called, and how long is waited for it.
struct MethodCallOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What it is called with: JSON, @file, or - for standard input.", valueName: "json"))
    var payload: String?

    @Option(help: ArgumentHelp("Seconds the device has for its answer, 5 to 300. (default: 30)", valueName: "seconds"))
    var timeout: Int?

    @Option(
        help: ArgumentHelp(
            "Seconds to wait for a device that is away, 0 to 300. (default: 0)",
            valueName: "seconds"
        )
    )
    var connectTimeout: Int?

    func validate() throws {
        // Source: contract iothub-rest section 5.
        if let timeout, !(5...300).contains(timeout) {
            throw ValidationError("--timeout is \(timeout), expected 5 to 300 seconds")
        }
        if let connectTimeout, !(0...300).contains(connectTimeout) {
            throw ValidationError("--connect-timeout is \(connectTimeout), expected 0 to 300 seconds")
        }
    }

    /// The payload; `nil` when none is given.
    func payloadValue() throws -> JSONValue? {
        try self.payload.map { try JSONInput.value($0, named: "--payload") }
    }
}
