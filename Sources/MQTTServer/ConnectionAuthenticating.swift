package import MQTTProtocol
package import TelemetryModel

/// Decides who may connect. Called off the event loops, once per CONNECT, many at a time.
package protocol ConnectionAuthenticating: Sendable {
    /// Decides about a CONNECT; codes as in contract iothub-mqtt section 2.
    func authenticate(_ request: ConnectRequest) async -> ConnectDecision
    /// What the principal may do now, by client id; `nil` when nobody knows, and nothing is to be changed.
    func permissions(of principal: Principal) async -> (@Sendable (_ clientID: String) -> TopicPermissions)?
}

extension ConnectionAuthenticating {
    package func permissions(of principal: Principal) async -> (@Sendable (_ clientID: String) -> TopicPermissions)? {
        nil
    }
}
