import CLinuxBus
import Glibc

/// A thread with a name that `top -H` shows.
package final class NamedThread: Sendable {
    private final class Body {
        let name: String
        let ended: WakeEvent
        let run: @Sendable () -> Void

        init(name: String, ended: WakeEvent, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.ended = ended
            self.run = run
        }
    }

    private let handle: pthread_t
    private let ended = WakeEvent()

    /// Starts the thread with the caller's signal mask.
    ///
    /// - Parameters:
    ///   - name: At most 15 bytes are shown, the kernel's limit.
    ///   - run: What the thread does; it ends when this returns.
    package init(_ name: String, _ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(name: name, ended: self.ended, run: run))
        var handle = pthread_t()
        let result = pthread_create(
            &handle,
            nil,
            { context in
                guard let context else { return nil }
                let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                weir_name_thread(body.name)
                body.run()
                body.ended.signal()
                return nil
            },
            body.toOpaque()
        )
        precondition(result == 0, "the system gives no more threads (pthread_create: \(result))")
        self.handle = handle
    }

    deinit {
        if self.ended.wait(atMost: .zero) { pthread_join(self.handle, nil) } else { pthread_detach(self.handle) }
    }

    /// Waits for the thread's end, but not longer than `limit`.
    ///
    /// - Returns: Whether it has ended.
    package func wait(atMost limit: Duration) -> Bool {
        self.ended.wait(atMost: limit)
    }

    /// Interrupts the system call that the thread is blocked in, if it takes ``ConnectLimit/signal``.
    package func interrupt() {
        pthread_kill(self.handle, ConnectLimit.signal)
    }
}
