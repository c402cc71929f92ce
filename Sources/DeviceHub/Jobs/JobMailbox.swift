internal import DeviceRegistry
internal import Synchronization

/// What the runner of jobs has to look at next. Used from any thread.
final class JobMailbox: Sendable {
    private struct Content {
        var outcomes: [DeviceJobOutcome] = []
        var hasChanges = true
    }

    /// Yields when there is something to look at; one reader.
    let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private let content = Mutex(Content())

    init() {
        (self.wakes, self.waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func wake() {
        self.waker.yield()
    }

    /// A job was made or cancelled.
    func jobsChanged() {
        self.content.withLock { $0.hasChanges = true }
        self.wake()
    }

    /// A device's turn has ended.
    func ended(_ outcome: DeviceJobOutcome) {
        self.content.withLock { $0.outcomes.append(outcome) }
        self.wake()
    }

    func takeChanges() -> Bool {
        self.content.withLock { exchange(&$0.hasChanges, with: false) }
    }

    func takeOutcomes() -> [DeviceJobOutcome] {
        self.content.withLock { exchange(&$0.outcomes, with: []) }
    }
}
