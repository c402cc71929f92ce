import AMQPServer
import TelemetryModel

/// The token `right` is right, of the policy `service`; `unknown` cannot be checked; all others are wrong.
struct TestVerifier: TokenVerifying {
    static let now = Timestamp(milliseconds: 1_795_000_000_000)

    func verify(token: String, for resource: String, from host: String) async -> TokenDecision {
        switch token {
        case "right" where resource == "https://hub.example.org":
            .accepted(principal: "service", expiry: TestVerifier.now + .seconds(3_600))
        case "unknown": .unavailable(reason: "the registry is closed")
        default: .refused(reason: "wrong key")
        }
    }
}
