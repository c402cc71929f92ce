package import MQTTProtocol
package import TelemetryModel

/// Keeps the persistent sessions across restarts. Called off the event loops; every call returns when it is durable.
package protocol SessionStoring: Sendable {
    /// All sessions there are, once at the start.
    func loadSessions() async throws -> [StoredSessionRow]
    /// Makes a session and ends the one it replaces, in one transaction; CONNACK follows.
    ///
    /// - Returns: its number, larger than any number given out before.
    func createSession(
        _ key: SessionKey,
        expirySeconds: UInt32,
        replacing oldNumber: Int64?
    ) async throws -> Int64
    /// Replaces the subscriptions of a session; SUBACK or UNSUBACK follows.
    func save(subscriptions: [Subscription], ofSession number: Int64) async throws
    /// Changes how long a session is kept.
    func save(expirySeconds: UInt32, ofSession number: Int64) async throws
    /// Notes when connections ended, many at a time and some seconds later: a crash may lose it, and the sessions then
    /// count from the next start.
    func noteDisconnects(_ disconnects: [SessionDisconnect]) async throws
    /// Forgets sessions that ended; unknown numbers do no harm.
    func deleteSessions(_ numbers: [Int64]) async throws
}

/// When a session's connection ended.
package struct SessionDisconnect: Equatable, Sendable {
    /// The session.
    package var number: Int64
    /// The wall clock at that moment; `nil`: it is connected again.
    package var at: Timestamp?

    /// A note.
    package init(number: Int64, at: Timestamp?) {
        self.number = number
        self.at = at
    }
}
