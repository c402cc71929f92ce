package import DeviceRegistry
package import HubProtocol
import MQTTCodec
package import MQTTServer
import NIOPosix
package import TelemetryModel

/// Decides who may connect: the hub's form of CONNECT against the registry.
///
/// An unknown device and a wrong key are answered alike, so that ids cannot be probed; a fault of the registry is
/// answered "unavailable", because a device that is told 4 or 5 gives up for good.
/// Source: contract iothub-mqtt sections 2 and 3.
package struct HubAuthenticator: ConnectionAuthenticating {
    private let verifier: TokenVerifier
    private let identities: any IdentityStore
    private let now: @Sendable () -> Timestamp

    /// An authenticator over a registry.
    package init(
        verifier: TokenVerifier,
        identities: any IdentityStore,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.verifier = verifier
        self.identities = identities
        self.now = now
    }

    package func authenticate(_ request: ConnectRequest) async -> ConnectDecision {
        let userName: HubUserName
        do {
            userName = try HubUserName(parsing: request.userName ?? "")
        } catch {
            return .refuse(.badUserNameOrPassword, reason: error.description)
        }
        guard userName.identity.description == request.clientID else {
            return .refuse(.identifierRejected, reason: "client id and user name name different identities")
        }
        guard self.verifier.isHub(userName.hostName) else {
            return .refuse(.notAuthorized, reason: "the user name's host is not one of hub.names")
        }
        guard let password = request.password, let text = String(validating: password, as: UTF8.self) else {
            return .refuse(.notAuthorized, reason: "no token in the password")
        }
        let token: SASToken
        do {
            token = try SASToken(parsing: text)
        } catch {
            return .refuse(.notAuthorized, reason: error.description)
        }
        do {
            // One thread's work: registry look-up, signature check, session; never on an event loop.
            return try await NIOThreadPool.singleton.runIfActive {
                try self.decide(userName.identity, token: token, isClean: request.cleanSession)
            }
        } catch {
            return .refuse(.serverUnavailable, reason: "the registry cannot be read: \(error)")
        }
    }

    private func decide(_ id: IdentityID, token: SASToken, isClean: Bool) throws -> ConnectDecision {
        let identity = try self.identities.identity(id)
        let enabled = identity.flatMap { $0.status == .enabled ? $0 : nil }
        do throws(TokenVerifier.Refusal) {
            try self.verifier.verify(
                token,
                of: id,
                keys: enabled.map { [$0.primaryKey, $0.secondaryKey] },
                at: self.now()
            )
        } catch {
            return .refuse(.notAuthorized, reason: "the token is refused: \(error)")
        }
        guard let enabled else {
            return .refuse(.notAuthorized, reason: identity == nil ? "unknown identity" : "the identity is disabled")
        }
        let kept = try self.session(of: id, isClean: isClean)
        return .accept(
            AcceptedConnection(
                identity: id,
                expiresAt: token.expiry,
                sessionPresent: kept != nil,
                subscriptions: kept ?? [],
                attributes: [
                    "generationId": enabled.generationID,
                    "authScope": token.policy != nil ? "hub" : id.module != nil ? "module" : "device",
                ]
            )
        )
    }

    /// The kept subscriptions; a clean session forgets them, a new one is begun durably. [MQTT-3.1.2-6]
    private func session(of id: IdentityID, isClean: Bool) throws(RegistryError) -> [String]? {
        let kept = try self.identities.subscriptions(of: id)
        if isClean {
            if kept != nil { try self.identities.save(subscriptions: nil, of: id) }
            return nil
        }
        if kept == nil { try self.identities.save(subscriptions: [], of: id) }
        return kept
    }
}

/// Keeps sessions' subscriptions in the registry.
package struct RegistrySessions: SessionStoring {
    private let identities: any IdentityStore

    /// Sessions in a registry.
    package init(identities: any IdentityStore) {
        self.identities = identities
    }

    package func save(subscriptions: [String], of identity: IdentityID) async throws {
        try await NIOThreadPool.singleton.runIfActive {
            try self.identities.save(subscriptions: subscriptions, of: identity)
        }
    }
}
