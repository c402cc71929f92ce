package import DeviceRegistry
package import MQTTProtocol
package import MQTTServer
import NIOPosix
package import TelemetryModel

/// Keeps the persistent sessions in the registry's database; its calls run on a blocking thread each.
package struct RegistrySessions: SessionStoring {
    private let identities: any IdentityStore

    /// Sessions in a registry.
    package init(identities: any IdentityStore) {
        self.identities = identities
    }

    package func loadSessions() async throws -> [StoredSessionRow] {
        try await self.run { identities in
            try identities.sessions().map { session in
                StoredSessionRow(
                    number: session.number,
                    key: SessionKey(principal: session.principal, clientID: session.clientID),
                    expirySeconds: session.expirySeconds,
                    subscriptions: try StoredSubscription.list(session.subscriptions),
                    disconnectedAt: session.disconnectedAt
                )
            }
        }
    }

    package func createSession(
        _ key: SessionKey,
        expirySeconds: UInt32,
        replacing oldNumber: Int64?
    ) async throws -> Int64 {
        try await self.run { identities in
            // The store has one session of a key: making it ends the old one.
            let session = try identities.makeSession(
                of: key.principal,
                clientID: key.clientID,
                expirySeconds: expirySeconds
            )
            guard let session else { throw SessionOwnerGone(principal: key.principal) }
            return session.number
        }
    }

    package func save(subscriptions: [Subscription], ofSession number: Int64) async throws {
        let text = try StoredSubscription.text(of: subscriptions)
        try await self.run { try $0.apply([SessionChange.subscriptions(number, text)]) }
    }

    package func save(expirySeconds: UInt32, ofSession number: Int64) async throws {
        try await self.run { try $0.apply([SessionChange.expirySeconds(number, expirySeconds)]) }
    }

    package func noteDisconnects(_ disconnects: [SessionDisconnect]) async throws {
        try await self.run { identities in
            try identities.apply(disconnects.map { SessionChange.disconnected($0.number, at: $0.at) })
        }
    }

    package func deleteSessions(_ numbers: [Int64]) async throws {
        try await self.run { try $0.apply(numbers.map(SessionChange.delete)) }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (any IdentityStore) throws -> Value
    ) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive { [identities] in try body(identities) }
    }
}

/// The identity was deleted while its CONNECT was decided; its next CONNECT is refused for good.
package struct SessionOwnerGone: Error, CustomStringConvertible {
    /// Whose session was wanted.
    package var principal: Principal

    package var description: String { "\(self.principal) is no longer registered" }
}
