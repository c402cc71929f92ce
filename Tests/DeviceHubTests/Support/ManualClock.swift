import DeviceHub
import Synchronization
import TelemetryModel

/// Time that stands until the test moves it.
final class ManualClock: Sendable {
    private struct Sleeper {
        var deadline: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Timestamp(iso8601: "2026-11-21T12:00:00.000Z") ?? Timestamp(milliseconds: 0)
        var sleepers: [UInt64: Sleeper] = [:]
        var cancelled: Set<UInt64> = []
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    var now: Timestamp { self.state.withLock { $0.now } }

    var hubClock: HubClock {
        HubClock(now: { self.now }, sleep: { try await self.sleep($0) })
    }

    /// Moves the time on and wakes whose time has come.
    func advance(by duration: Duration) {
        let due = self.state.withLock { state in
            state.now = state.now + duration
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Returns when somebody sleeps to such a time from now.
    func waitForSleeper(of duration: Duration) async {
        while !self.hasSleeper(of: duration) { await Task.yield() }
    }

    private func hasSleeper(of duration: Duration) -> Bool {
        self.state.withLock { state in
            state.sleepers.values.contains { $0.deadline == state.now + duration }
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = self.state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = self.state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = Sleeper(deadline: state.now + duration, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = self.state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
