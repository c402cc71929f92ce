/// Why a call to the gateway did not succeed, as a sentence that says what to do.
package enum GatewayClientError: Error, Equatable, Sendable {
    /// No address or no credentials: the sentence says what is missing where.
    case setup(String)
    /// Nobody listens at the address.
    case notRunning(address: String)
    /// The address's host name cannot be resolved, or the host cannot be reached.
    case unreachable(address: String, reason: String)
    /// The gateway did not take the credentials.
    case unauthorized(address: String, origin: String, message: String)
    /// The gateway refused the request: `iothub-errorcode` and its words.
    case refused(status: Int, code: String, message: String)
    /// No answer in time.
    case timedOut(address: String)
    /// The connection ended before the answer did.
    case connectionLost(address: String)
    /// The answer is not what this version expects: something else listens there, or another version.
    case unexpectedAnswer(address: String, detail: String)

    /// Whether the same call may succeed later.
    package var isRetryable: Bool {
        switch self {
        case .setup, .unauthorized, .unexpectedAnswer: false
        case .notRunning, .unreachable, .timedOut, .connectionLost: true
        case .refused(let status, _, _): status == 429 || status >= 500
        }
    }
}

extension GatewayClientError: CustomStringConvertible {
    /// The sentence for the user.
    package var description: String {
        switch self {
        case .setup(let sentence):
            sentence
        case .notRunning(let address):
            "no gateway is running at \(address): start it with `weir serve`"
        case .unreachable(let address, let reason):
            "\(address) cannot be reached (\(reason)): check the host name and the network"
        case .unauthorized(let address, let origin, let message):
            "the gateway at \(address) refused the credentials of \(origin): \(message)"
        case .refused(let status, let code, let message):
            "\(message.isEmpty ? "the gateway refused the request" : message) (\(status) \(code))"
        case .timedOut(let address):
            "the gateway at \(address) did not answer in time: look at its log, or try again"
        case .connectionLost(let address):
            "the gateway at \(address) closed the connection before its answer was complete: look at its log, or try again"
        case .unexpectedAnswer(let address, let detail):
            "\(address) did not answer like a Weir gateway of this version (\(detail)): check the address"
        }
    }
}
