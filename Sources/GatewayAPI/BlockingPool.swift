import NIOPosix

/// Threads for calls that block: database and files. Neither an event loop nor the cooperative pool waits for a disk.
///
/// Bounded by its callers: every open connection has at most one call waiting.
struct BlockingPool: Sendable {
    private let pool: NIOThreadPool

    /// Not started: ``start()`` goes before the first call, ``stop()`` after the last.
    init(threads: Int) {
        self.pool = NIOThreadPool(numberOfThreads: threads)
    }

    func start() {
        self.pool.start()
    }

    func stop() async throws {
        try await self.pool.shutdownGracefully()
    }

    /// Runs `body` on one of the threads.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await self.pool.runIfActive(body)
    }
}
