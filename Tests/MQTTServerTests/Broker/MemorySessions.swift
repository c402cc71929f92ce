import MQTTProtocol
import Synchronization
import TelemetryModel

@testable import MQTTServer

/// A session store in memory that outlives the brokers of a test, as a database outlives the process.
final class MemorySessions: SessionStoring {
    private struct State {
        var rows: [Int64: StoredSessionRow] = [:]
        var lastNumber: Int64 = 0
        var failure: String?
        var calls = 0
        var isHeld = false
        var held: CheckedContinuation<Void, Never>?
    }

    struct Failure: Error {
        var reason: String
    }

    private let state = Mutex(State())

    var rows: [StoredSessionRow] { self.state.withLock { $0.rows.values.sorted { $0.number < $1.number } } }

    /// Changing calls so far.
    var calls: Int { self.state.withLock { $0.calls } }

    /// What every call fails with from now on; `nil`: none does.
    func fail(with reason: String?) {
        self.state.withLock { $0.failure = reason }
    }

    /// The next change of an expiry waits until ``release()``.
    func hold() {
        self.state.withLock { $0.isHeld = true }
    }

    /// Whether one waits.
    var isHolding: Bool { self.state.withLock { $0.held != nil } }

    func release() {
        let held = self.state.withLock { state in
            state.isHeld = false
            return exchange(&state.held, with: nil)
        }
        held?.resume()
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                if state.isHeld { state.held = continuation }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
    }

    private func change<Result: Sendable>(_ body: (inout State) -> sending Result) throws -> Result {
        try self.state.withLock { state in
            if let failure = state.failure { throw Failure(reason: failure) }
            state.calls += 1
            return body(&state)
        }
    }

    func loadSessions() async throws -> [StoredSessionRow] { self.rows }

    func createSession(
        _ key: SessionKey,
        expirySeconds: UInt32,
        replacing oldNumber: Int64?
    ) async throws -> Int64 {
        try self.change { state in
            if let oldNumber { state.rows[oldNumber] = nil }
            state.lastNumber += 1
            state.rows[state.lastNumber] = StoredSessionRow(
                number: state.lastNumber,
                key: key,
                expirySeconds: expirySeconds,
                subscriptions: []
            )
            return state.lastNumber
        }
    }

    func save(subscriptions: [Subscription], ofSession number: Int64) async throws {
        try self.change { $0.rows[number]?.subscriptions = subscriptions }
    }

    func save(expirySeconds: UInt32, ofSession number: Int64) async throws {
        await self.wait()
        try self.change { $0.rows[number]?.expirySeconds = expirySeconds }
    }

    func noteDisconnects(_ disconnects: [SessionDisconnect]) async throws {
        try self.change { state in
            for note in disconnects { state.rows[note.number]?.disconnectedAt = note.at }
        }
    }

    func deleteSessions(_ numbers: [Int64]) async throws {
        try self.change { state in
            for number in numbers { state.rows[number] = nil }
        }
    }
}
