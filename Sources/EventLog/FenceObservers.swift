internal import Synchronization

/// Who wants to know that a topic was fenced.
final class FenceObservers: Sendable {
    private struct State {
        var observers: [@Sendable (LogTopic, FenceReason) -> Void] = []
        var fenced: [(LogTopic, FenceReason)] = []
    }

    private let state = Mutex(State())

    func add(_ observer: @escaping @Sendable (LogTopic, FenceReason) -> Void) {
        let fenced = self.state.withLock { state in
            state.observers.append(observer)
            return state.fenced
        }
        for (topic, reason) in fenced { observer(topic, reason) }
    }

    func tell(_ topic: LogTopic, _ reason: FenceReason) {
        let observers = self.state.withLock { state in
            state.fenced.append((topic, reason))
            return state.observers
        }
        for observer in observers { observer(topic, reason) }
    }

    /// The topic is open again, or gone.
    func forget(_ topic: LogTopic) {
        self.state.withLock { $0.fenced.removeAll { $0.0 === topic } }
    }
}
