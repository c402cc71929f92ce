import EventLog
import Synchronization

/// Wills of the hub's form that wait for their delay: whichever loop their client comes back to, it finds them here.
final class HubWills: Sendable {
    /// A Will and whose telemetry it becomes.
    struct Waiting {
        let will: HubWill
        let template: RecordTemplate
        /// Which Will of its session.
        fileprivate let number: UInt64
    }

    private struct State {
        var waiting: [SessionKey: Waiting] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Wills that wait.
    var count: Int { self.state.withLock { $0.waiting.count } }

    /// A Will begins to wait in place of an older one of its session; returns its number.
    func add(_ will: HubWill, _ template: RecordTemplate, of key: SessionKey) -> UInt64 {
        self.state.withLock { state in
            state.lastNumber += 1
            state.waiting[key] = Waiting(will: will, template: template, number: state.lastNumber)
            return state.lastNumber
        }
    }

    /// Takes a session's Will: its delay is over, or with no number given, its client is back.
    func take(_ key: SessionKey, number: UInt64? = nil) -> Waiting? {
        self.state.withLock { state in
            guard let waiting = state.waiting[key], number.map({ $0 == waiting.number }) ?? true else { return nil }
            state.waiting[key] = nil
            return waiting
        }
    }
}
