import GatewayClient

/// Why a command ends with status 1: a sentence that says what to do.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ error: GatewayClientError) { self.description = "\(error)" }

    init(_ error: RecordingFile.Fault) { self.description = error.description }

    init(_ error: AckLog.Fault) { self.description = error.description }

    init(_ error: ScenarioError) { self.description = error.description }
}
