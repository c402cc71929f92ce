internal import Synchronization

/// Who is told of a topic's commits.
final class CommitObservers: Sendable {
    private struct State {
        var next: UInt64 = 0
        var observers: [UInt64: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    func add(_ observer: @escaping @Sendable () -> Void) -> UInt64 {
        self.state.withLock { state in
            state.next += 1
            state.observers[state.next] = observer
            return state.next
        }
    }

    func remove(_ id: UInt64) {
        // Released behind the lock: what the observer holds may end another observation.
        let observer = self.state.withLock { $0.observers.removeValue(forKey: id) }
        withExtendedLifetime(observer) {}
    }

    /// Calls every observer, without the lock.
    func tell() {
        let observers = self.state.withLock { $0.observers.isEmpty ? [] : Array($0.observers.values) }
        for observer in observers { observer() }
    }
}

/// Keeps an observer of a topic's commits until it is dropped. A call that is under way then still ends.
package final class CommitObservation: Sendable {
    private let observers: CommitObservers
    private let id: UInt64

    init(_ observers: CommitObservers, id: UInt64) {
        self.observers = observers
        self.id = id
    }

    deinit { self.observers.remove(self.id) }
}

extension LogTopic {
    /// Calls `observer` after each synced cycle, and when the topic is fenced, reopened, closed or deleted: on the
    /// topic's writer thread, or on the thread that does these things. It hops to where it wants to be, does not block
    /// and calls nothing of the topic.
    ///
    /// What happened before is not told: observe first, then look.
    ///
    /// - Returns: Ends the observation when dropped.
    package func observeCommits(_ observer: @escaping @Sendable () -> Void) -> CommitObservation {
        CommitObservation(self.commitObservers, id: self.commitObservers.add(observer))
    }
}
