import MQTTServer
import TelemetryModel

/// A session store that the test answers for.
final class FakeSessions: SessionStoring {
    struct Save: Equatable, Sendable {
        var identity: String
        var subscriptions: [String]
    }

    struct Failure: Error {}

    /// What was asked to be saved.
    let saves = Mailbox<Save>("a save of subscriptions")
    /// When the test holds saves back: one element lets one pass, `false` fails it.
    let permits: Mailbox<Bool>?

    init(permits: Mailbox<Bool>? = nil) {
        self.permits = permits
    }

    func save(subscriptions: [String], of identity: IdentityID) async throws {
        self.saves.push(Save(identity: identity.description, subscriptions: subscriptions))
        if let permits, try await !permits.next() { throw Failure() }
    }
}
