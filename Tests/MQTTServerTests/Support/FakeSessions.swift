import MQTTProtocol
import MQTTServer
import ServerTestSupport
import Synchronization
import TelemetryModel

/// A session store in memory that the test answers for.
final class FakeSessions: SessionStoring {
    struct Save: Equatable, Sendable {
        var session: Int64
        var filters: [String]
    }

    struct Failure: Error {}

    /// What was asked to be saved.
    let saves = Mailbox<Save>("a save of subscriptions")
    /// When the test holds saves back: one element lets one pass, `false` fails it.
    let permits: Mailbox<Bool>?
    private let rows = Mutex<[Int64: StoredSessionRow]>([:])
    private let last = Mutex<Int64>(0)

    init(permits: Mailbox<Bool>? = nil) {
        self.permits = permits
    }

    /// Keys of the sessions there are.
    var clientIDs: [String] { self.rows.withLock { rows in rows.values.map(\.key.clientID).sorted() } }

    func loadSessions() async throws -> [StoredSessionRow] {
        self.rows.withLock { Array($0.values) }
    }

    func createSession(_ key: SessionKey, expirySeconds: UInt32, replacing oldNumber: Int64?) async throws -> Int64 {
        let number = self.last.withLock { last in
            last += 1
            return last
        }
        let row = StoredSessionRow(number: number, key: key, expirySeconds: expirySeconds, subscriptions: [])
        self.rows.withLock { rows in
            if let oldNumber { rows[oldNumber] = nil }
            rows[number] = row
        }
        return number
    }

    func save(subscriptions: [Subscription], ofSession number: Int64) async throws {
        self.saves.push(Save(session: number, filters: subscriptions.map(\.fullFilter)))
        if let permits, try await !permits.next() { throw Failure() }
        self.rows.withLock { $0[number]?.subscriptions = subscriptions }
    }

    func save(expirySeconds: UInt32, ofSession number: Int64) async throws {
        self.rows.withLock { $0[number]?.expirySeconds = expirySeconds }
    }

    func noteDisconnects(_ disconnects: [SessionDisconnect]) async throws {
        self.rows.withLock { rows in
            for disconnect in disconnects { rows[disconnect.number]?.disconnectedAt = disconnect.at }
        }
    }

    func deleteSessions(_ numbers: [Int64]) async throws {
        self.rows.withLock { rows in
            for number in numbers { rows[number] = nil }
        }
    }
}
