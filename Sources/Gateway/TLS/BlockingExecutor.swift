import NIOPosix

/// Runs the steps of a task on the blocking threads instead of the few that all tasks share.
final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()

    private let pool = NIOThreadPool.singleton

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = self.asUnownedTaskExecutor()
        // The singleton is never shut down, so the job always runs.
        self.pool.submit { _ in job.runSynchronously(on: executor) }
    }
}
