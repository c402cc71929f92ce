internal import HubProtocol
internal import NIOPosix
internal import Synchronization

/// A few threads that may block on the database and the log, and a bound on what waits for them.
final class StoreThreads: Sendable {
    private let pool: NIOThreadPool
    private let waitingMax: Int
    private let waiting = Atomic<Int>(0)

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: threads.
    ///   - waitingMax: calls of ``run(_:)`` that wait or work at most; one more is refused with 429.
    init(count: Int, waitingMax: Int = .max) {
        self.pool = NIOThreadPool(numberOfThreads: count)
        self.waitingMax = waitingMax
        self.pool.start()
    }

    deinit {
        self.pool.shutdownGracefully { _ in }
    }

    /// Runs a blocking step when a thread is free, first in, first out. Called from any thread.
    func submit(_ body: @escaping @Sendable () -> Void) {
        self.pool.submit { [self] _ in withExtendedLifetime(self) { body() } }
    }

    /// Runs a blocking step and waits for what it gives.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Result<Value, HubError>
    ) async throws(HubError) -> Value {
        let isTaken = self.waiting.add(1, ordering: .relaxed).newValue <= self.waitingMax
        defer { self.waiting.subtract(1, ordering: .relaxed) }
        guard isTaken else { throw HubError.backedUp }
        let result = await withCheckedContinuation { continuation in
            self.submit { continuation.resume(returning: body()) }
        }
        return try result.get()
    }
}
