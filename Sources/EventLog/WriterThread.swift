import Glibc

/// A named thread of its own, for calls that block.
final class WriterThread: @unchecked Sendable {  // because the handle is set once, before anyone else sees it
    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Characters of a thread's name at most (Linux).
    private static let nameLengthMax = 15
    private var handle = pthread_t()

    /// Starts the thread; throws the system's error number when there are too many.
    init(name: String, run: @escaping @Sendable () -> Void) throws(LogFileError) {
        let body = Unmanaged.passRetained(Body(name: String(name.prefix(WriterThread.nameLengthMax)), run: run))
        let code = pthread_create(
            &self.handle,
            nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                WriterThread.nameCurrent(body.name)
                body.run()
                return nil
            },
            body.toOpaque()
        )
        guard code == 0 else {
            body.release()
            throw LogFileError(operation: "pthread_create", path: name, errno: code)
        }
    }

    /// pthread_setname_np is hidden from Swift (_GNU_SOURCE); this is the same. Only for people who look, so it may fail.
    private static func nameCurrent(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = name.withCString { write(file, $0, strlen($0)) }
        close(file)
    }

    /// Waits for the thread's end; once.
    func join() {
        pthread_join(self.handle, nil)
    }

    /// Waits for the thread's end, or, when it is the caller, lets it end alone; once.
    func joinOrDetach() {
        if pthread_equal(pthread_self(), self.handle) != 0 {
            pthread_detach(self.handle)
        } else {
            pthread_join(self.handle, nil)
        }
    }
}
