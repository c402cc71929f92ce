package import TelemetryModel

/// Decides about tokens; implemented where the policies are.
package protocol TokenVerifying: Sendable {
    /// Whether a token opens this hub to a service: `ServiceConnect`. Called in a task, off the event loops.
    ///
    /// - Parameters:
    ///   - token: `SharedAccessSignature sr=…`, as the client gave it. A secret.
    ///   - resource: what the client says it is for: `https://hub.example.org`.
    ///   - host: the client's address.
    /// - Returns: the decision.
    func verify(token: String, for resource: String, from host: String) async -> TokenDecision
}

/// What became of a token.
package enum TokenDecision: Equatable, Sendable {
    /// It is right until `expiry`; `principal` is the policy's name.
    case accepted(principal: String, expiry: Timestamp)
    /// It is not. The reason is for the log; the client is never told which part was wrong.
    case refused(reason: String)
    /// Nobody can say at the moment.
    case unavailable(reason: String)
}
