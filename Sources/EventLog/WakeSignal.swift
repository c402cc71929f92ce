import Glibc

/// Wakes one sleeping thread: a POSIX semaphore.
final class WakeSignal: @unchecked Sendable {  // because sem_post and sem_wait may be called from any thread
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(self.semaphore, 0, 0)
    }

    deinit {
        sem_destroy(self.semaphore)
        self.semaphore.deallocate()
    }

    func post() {
        sem_post(self.semaphore)
    }

    func wait() {
        while sem_wait(self.semaphore) != 0, errno == EINTR {}
    }
}
