internal import NIOPosix

/// One thread that runs a stream's tasks: they read and sync files, and the threads that all tasks share are as few as
/// cores.
///
/// Started when made; ``stop()`` comes after the last task has returned.
final class StreamThread: TaskExecutor {
    private let pool: NIOThreadPool

    init() {
        self.pool = NIOThreadPool(numberOfThreads: 1)
        self.pool.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    func stop() async throws {
        try await self.pool.shutdownGracefully()
    }
}
