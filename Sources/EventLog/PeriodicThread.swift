import Glibc

/// A thread of its own that does something again and again.
final class PeriodicThread: @unchecked Sendable {  // because mutex and condition guard what changes
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isPoked = false
    private var isStopping = false
    private var thread: WriterThread?

    /// Starts the thread, which calls `body` after every interval, and at once when poked.
    ///
    /// - Parameters:
    ///   - name: What people see who look at threads.
    ///   - niceness: 0 for the weight of all others, up to 19 for the least. Source: Linux sched(7), nice.
    ///   - interval: Time between two calls.
    ///   - body: What to do; it may block.
    /// - Throws: The system's reason why there can be no more threads.
    init(
        name: String,
        niceness: Int32,
        every interval: Duration,
        _ body: @escaping @Sendable () -> Void
    ) throws(LogFileError) {
        pthread_mutex_init(self.mutex, nil)
        // A wall clock that is set would stretch or shorten the wait.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(self.condition, &attributes)
        pthread_condattr_destroy(&attributes)
        self.thread = try WriterThread(name: name) {
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            while self.wait(interval) { body() }
        }
    }

    deinit {
        pthread_cond_destroy(self.condition)
        pthread_mutex_destroy(self.mutex)
        self.condition.deallocate()
        self.mutex.deallocate()
    }

    /// Ends a wait before its time.
    func poke() {
        pthread_mutex_lock(self.mutex)
        self.isPoked = true
        pthread_cond_signal(self.condition)
        pthread_mutex_unlock(self.mutex)
    }

    /// Ends the thread and waits for its end, unless it is the caller. Once.
    func stop() {
        pthread_mutex_lock(self.mutex)
        self.isStopping = true
        pthread_cond_signal(self.condition)
        pthread_mutex_unlock(self.mutex)
        self.thread?.joinOrDetach()
    }

    /// Waits; false when the thread shall end.
    private func wait(_ interval: Duration) -> Bool {
        var limit = timespec()
        clock_gettime(CLOCK_MONOTONIC, &limit)
        let (seconds, attoseconds) = interval.components
        limit.tv_sec += Int(seconds)
        limit.tv_nsec += Int(attoseconds / 1_000_000_000)
        if limit.tv_nsec >= 1_000_000_000 {
            limit.tv_sec += 1
            limit.tv_nsec -= 1_000_000_000
        }
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        while !self.isStopping, !self.isPoked {
            if pthread_cond_timedwait(self.condition, self.mutex, &limit) == ETIMEDOUT { break }
        }
        self.isPoked = false
        return !self.isStopping
    }
}
