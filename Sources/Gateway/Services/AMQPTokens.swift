package import AMQPServer
package import HubProtocol
package import TelemetryModel

/// Decides about the tokens of AMQP's service clients: a policy that may connect as a service.
///
/// Source: contract iothub-rest sections 1 and 6.
package struct AMQPTokens: TokenVerifying {
    private let verifier: TokenVerifier
    private let now: @Sendable () -> Timestamp

    /// Tokens of a hub's policies.
    package init(verifier: TokenVerifier, now: @escaping @Sendable () -> Timestamp) {
        self.verifier = verifier
        self.now = now
    }

    package func verify(token: String, for resource: String, from host: String) async -> TokenDecision {
        let parsed: SASToken
        do {
            parsed = try SASToken(parsing: token)
        } catch {
            return .refused(reason: "the token cannot be read: \(error)")
        }
        do {
            try self.verifier.verifyService(parsed, permitting: .serviceConnect, at: self.now())
        } catch {
            return .refused(reason: "\(error)")
        }
        return .accepted(principal: parsed.policy ?? "", expiry: parsed.expiry)
    }
}
