import DequeModule
import Glibc
import NIOPosix
import Synchronization

/// A few threads for computations that take long, with a bounded number of callers.
///
/// Callers of one source, such as one address, have their turns among themselves: however many they are, another source
/// waits for one of them at most. Who is cancelled while it waits leaves the line.
///
/// They have less weight than the gateway's other threads: while thousands of passwords are checked, what connected
/// clients send comes first. Beyond the bound a caller is told at once, so that it can say "later".
final class SlowLanes: Sendable {
    /// As many wait as may wait.
    struct Full: Error {}

    /// A tenth of the weight of a thread at 0. Source: Linux sched(7), nice.
    private static let niceness: Int32 = 10

    private struct Waiter {
        var number: UInt64
        var start: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// Computations that have a lane.
        var running = 0
        var waitingCount = 0
        var waiting: [String: Deque<Waiter>] = [:]
        /// Sources with waiters; whose turn is next stands first.
        var turns: Deque<String> = []

        mutating func next() -> Waiter? {
            guard let source = self.turns.popFirst(), let waiter = self.waiting[source]?.popFirst() else { return nil }
            self.waitingCount -= 1
            if self.waiting[source]?.isEmpty == true {
                self.waiting[source] = nil
            } else {
                self.turns.append(source)
            }
            return waiter
        }

        mutating func remove(_ number: UInt64, of source: String) -> Waiter? {
            guard let position = self.waiting[source]?.firstIndex(where: { $0.number == number }) else { return nil }
            self.waitingCount -= 1
            let waiter = self.waiting[source]?.remove(at: position)
            if self.waiting[source]?.isEmpty == true {
                self.waiting[source] = nil
                self.turns.removeAll { $0 == source }
            }
            return waiter
        }
    }

    private let pool: NIOThreadPool
    private let count: Int
    private let callersMax: Int
    private let state = Mutex(State())
    private let lastNumber = Atomic<UInt64>(0)

    /// Lanes, at once ready.
    ///
    /// - Parameters:
    ///   - count: computations at once.
    ///   - callersMax: callers at once, those that wait included.
    init(count: Int, callersMax: Int) {
        self.count = count
        self.pool = NIOThreadPool(numberOfThreads: count)
        self.callersMax = callersMax
        self.pool.start()
    }

    deinit {
        self.pool.shutdownGracefully { _ in }
    }

    /// Whether no lane is in use.
    var isIdle: Bool { self.state.withLock { $0.running == 0 } }

    /// Callers that wait.
    var waitingCount: Int { self.state.withLock { $0.waitingCount } }

    /// Runs `body` when a lane is free: sources take turns, the callers of one keep their order.
    ///
    /// - Throws: ``Full``, `CancellationError` when the caller's task was cancelled before its turn, and what `body` throws.
    func run<Value: Sendable>(
        for source: String,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await self.enter(source)
        defer { self.leave() }
        return try await self.pool.runIfActive {
            // On Linux this is the calling thread's own; when it is not allowed the thread stays like the others.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, SlowLanes.niceness)
            return try body()
        }
    }

    private func enter(_ source: String) async throws {
        let number = self.lastNumber.add(1, ordering: .relaxed).newValue
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (start: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = self.state.withLock { state in
                    // Under the lock, so that a cancellation comes before this or finds the waiter.
                    guard !Task.isCancelled else { return .failure(CancellationError()) }
                    guard state.running >= self.count else {
                        state.running += 1
                        return .success(())
                    }
                    guard state.running + state.waitingCount < self.callersMax else { return .failure(Full()) }
                    if state.waiting[source] == nil { state.turns.append(source) }
                    state.waiting[source, default: []].append(Waiter(number: number, start: start))
                    state.waitingCount += 1
                    return nil
                }
                if let outcome { start.resume(with: outcome) }
            }
        } onCancel: {
            self.state.withLock { $0.remove(number, of: source) }?.start.resume(throwing: CancellationError())
        }
    }

    /// Gives the lane to the next in turn.
    private func leave() {
        let next = self.state.withLock { state in
            let next = state.next()
            if next == nil { state.running -= 1 }
            return next
        }
        next?.start.resume()
    }
}
