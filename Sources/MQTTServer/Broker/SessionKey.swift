import MQTTProtocol
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

    /// Client identifiers are the same when their bytes are, as in the database.
    package static func == (one: SessionKey, other: SessionKey) -> Bool {
        one.principal == other.principal && one.clientID.hasSameBytes(as: other.clientID)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.principal)
        hasher.combine(ExactText(self.clientID))
    }
}
