import CoreMetrics
import Logging
import MQTTProtocol
import TelemetryModel

extension Broker {
    /// What has come to its time: ends sessions and retained messages, tells store and metrics, wakes the cleaner.
    ///
    /// - Returns: Wills to publish.
    func tick() -> (wills: [JournaledWill], endedNumbers: [Int64]) {
        let now = self.clock()
        var due: (endedNumbers: [Int64], wills: [JournaledWill]) = ([], [])
        var disconnects: [Int64: Timestamp?] = [:]
        var drops = BrokerState.Drops()
        var sessions = 0
        var retained = 0
        var waiting = 0
        var liveBytes = 0
        self.withState { state in
            due = state.takeDue(at: now)
            disconnects = exchange(&state.disconnects, with: [:])
            drops = exchange(&state.drops, with: BrokerState.Drops())
            sessions = state.slots.count
            retained = state.retained.count
            waiting = state.waitingCount
            liveBytes = state.liveBytes
        }
        self.metrics.sessions.set(sessions)
        self.metrics.retained.set(retained)
        self.metrics.queued.set(waiting)
        self.metrics.liveBytes.set(liveBytes)
        self.metrics.buffered.set(max(0, self.budget.used))
        self.count(drops)
        self.forget(due.endedNumbers)
        self.note(disconnects)
        if self.isCleaningDue(liveBytes: liveBytes) { self.startCleaning() }
        return (due.wills, due.endedNumbers)
    }

    private func count(_ drops: BrokerState.Drops) {
        if drops.routed > 0 { self.metrics.routed.increment(by: drops.routed) }
        if drops.slow > 0 { self.metrics.droppedSlow.increment(by: drops.slow) }
        if drops.full > 0 { self.metrics.droppedFull.increment(by: drops.full) }
        if drops.expired > 0 { self.metrics.expired.increment(by: drops.expired) }
        if drops.retainedRefused > 0 { self.metrics.retainedRefused.increment(by: drops.retainedRefused) }
    }

    /// Sessions ended: their rows go. A crash before that brings them back, and the next timer ends them again.
    func forget(_ numbers: [Int64]) {
        guard !numbers.isEmpty else { return }
        self.inBackground("sessions not deleted") { try await self.store.deleteSessions(numbers) }
    }

    private func note(_ disconnects: [Int64: Timestamp?]) {
        guard !disconnects.isEmpty else { return }
        let notes = disconnects.map { SessionDisconnect(number: $0.key, at: $0.value) }
        self.inBackground("ends of connections not noted") { try await self.store.noteDisconnects(notes) }
    }

    /// Tells the store what it has not heard of ends of connections: once, when the server has stopped.
    package func flush() async throws {
        var disconnects: [Int64: Timestamp?] = [:]
        self.withState { disconnects = exchange(&$0.disconnects, with: [:]) }
        guard !disconnects.isEmpty else { return }
        try await self.store.noteDisconnects(disconnects.map { SessionDisconnect(number: $0.key, at: $0.value) })
    }

    func saveExpiry(of number: Int64, _ seconds: UInt32) {
        self.inBackground("session expiry not saved") {
            try await self.store.save(expirySeconds: seconds, ofSession: number)
        }
    }

    /// Does what nobody waits for; a failure is the operator's to know.
    private func inBackground(_ failure: String, _ body: @escaping @Sendable () async throws -> Void) {
        Task {
            do {
                try await body()
            } catch {
                self.logger.error("\(failure)", metadata: ["error": "\(error)"])
            }
        }
    }
}
