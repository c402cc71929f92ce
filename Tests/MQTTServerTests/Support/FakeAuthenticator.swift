import MQTTCodec
import MQTTProtocol
import MQTTServer
import TelemetryModel

/// Accepts every client id that is an identity in the hub's form, without further permissions, unless the test says
/// otherwise.
struct FakeAuthenticator: ConnectionAuthenticating {
    var decide: @Sendable (ConnectRequest) async -> ConnectDecision = { FakeAuthenticator.accept($0) }

    /// What principals may do when somebody asks again.
    var grants: (@Sendable (Principal) -> TopicPermissions?)?

    func permissions(of principal: Principal) async -> (@Sendable (_ clientID: String) -> TopicPermissions)? {
        guard let permissions = self.grants?(principal) else { return nil }
        return { _ in permissions }
    }

    func authenticate(_ request: ConnectRequest) async -> ConnectDecision {
        await self.decide(request)
    }

    static func accept(_ request: ConnectRequest) -> ConnectDecision {
        guard let identity = IdentityID(request.clientID) else { return .refuse(.clientIDNotValid, reason: "no id") }
        return .accept(AcceptedConnection(principal: .identity(identity), isHubForm: true))
    }

    /// Accepts every client id as a client of one application, which may do what the filters say.
    static func application(
        publish: [String] = ["#"],
        subscribe: [String] = ["#"],
        limits: ConnectionRates? = nil
    ) -> FakeAuthenticator {
        FakeAuthenticator { _ in
            .accept(
                AcceptedConnection(
                    principal: .application("tests"),
                    permissions: TopicPermissions(publish: publish, subscribe: subscribe),
                    limits: limits
                )
            )
        }
    }
}
