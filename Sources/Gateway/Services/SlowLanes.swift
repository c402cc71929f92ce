import Glibc
import NIOPosix
import Synchronization

/// A few threads for computations that take long, with a bounded number of callers.
///
/// They have less weight than the gateway's other threads: while thousands of passwords are checked, what connected
/// clients send comes first. Beyond the bound a caller is told at once, so that it can say "later".
final class SlowLanes: Sendable {
    /// As many wait as may wait.
    struct Full: Error {}

    /// A tenth of the weight of a thread at 0. Source: Linux sched(7), nice.
    private static let niceness: Int32 = 10

    private let pool: NIOThreadPool
    private let callersMax: Int
    private let callers = Atomic<Int>(0)

    /// Lanes, at once ready.
    ///
    /// - Parameters:
    ///   - count: computations at once.
    ///   - callersMax: callers at once, those that wait included.
    init(count: Int, callersMax: Int) {
        self.pool = NIOThreadPool(numberOfThreads: count)
        self.callersMax = callersMax
        self.pool.start()
    }

    deinit {
        self.pool.shutdownGracefully { _ in }
    }

    /// Runs `body` as soon as a lane is free, in the order of the calls.
    ///
    /// - Throws: ``Full``, and what `body` throws.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        defer { self.callers.subtract(1, ordering: .relaxed) }
        guard self.callers.add(1, ordering: .relaxed).newValue <= self.callersMax else { throw Full() }
        return try await self.pool.runIfActive {
            // On Linux this is the calling thread's own; when it is not allowed the thread stays like the others.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, SlowLanes.niceness)
            return try body()
        }
    }
}
