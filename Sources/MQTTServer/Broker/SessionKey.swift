package import TelemetryModel

/// What a session is found by: client ids of different principals never meet.
package struct SessionKey: Hashable, Sendable {
    /// Whose session.
    package var principal: Principal
    /// The client identifier of CONNECT, or the one the server assigned.
    package var clientID: String

    /// A key.
    package init(principal: Principal, clientID: String) {
        self.principal = principal
        self.clientID = clientID
    }
}
