import Glibc
internal import NIOPosix

/// One thread that runs the tasks of a stream, or of another follower of the log: they read and sync files, and the threads that all tasks share are as few as
/// cores.
///
/// It has less weight than the gateway's other threads: when a core is short, acknowledgements come first and results
/// a little later. Started when made; ``stop()`` comes after the last task has returned.
package final class StreamThread: TaskExecutor {
    private let pool: NIOThreadPool
    /// The least weight: 15 against 1,024 at 0. Source: Linux sched(7), nice.
    private static let niceness: Int32 = 19

    /// A thread that waits for tasks.
    package init() {
        self.pool = NIOThreadPool(numberOfThreads: 1)
        self.pool.start()
        // On Linux this is the calling thread's own; when it is not allowed the thread stays like the others.
        self.pool.submit { _ in setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, StreamThread.niceness) }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Ends the thread.
    package func stop() async throws {
        try await self.pool.shutdownGracefully()
    }
}
