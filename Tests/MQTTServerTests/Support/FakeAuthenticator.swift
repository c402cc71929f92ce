import MQTTCodec
import MQTTServer
import TelemetryModel

/// Accepts every client id that is an identity, unless the test says otherwise.
struct FakeAuthenticator: ConnectionAuthenticating {
    var decide: @Sendable (ConnectRequest) async -> ConnectDecision = { FakeAuthenticator.accept($0) }

    func authenticate(_ request: ConnectRequest) async -> ConnectDecision {
        await self.decide(request)
    }

    static func accept(_ request: ConnectRequest) -> ConnectDecision {
        guard let identity = IdentityID(request.clientID) else { return .refuse(.identifierRejected, reason: "no id") }
        return .accept(AcceptedConnection(identity: identity))
    }
}
