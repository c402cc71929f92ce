/// Decides who may connect. Called off the event loops, once per CONNECT, many at a time.
package protocol ConnectionAuthenticating: Sendable {
    /// Decides about a CONNECT; codes as in contract iothub-mqtt section 2.
    func authenticate(_ request: ConnectRequest) async -> ConnectDecision
}
