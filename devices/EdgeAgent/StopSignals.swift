import Glibc

/// SIGTERM and SIGINT as something to wait for. Blocks them, and the connect timer's signal, in the calling thread and
/// in all threads it starts; ignores SIGPIPE, for a broken connection is an error code and not the end.
struct StopSignals {
    private var set = sigset_t()

    init() {
        sigemptyset(&self.set)
        sigaddset(&self.set, SIGTERM)
        sigaddset(&self.set, SIGINT)
        var blocked = self.set
        sigaddset(&blocked, ConnectLimit.signal)
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for one of the two; returns its name.
    func wait() -> String {
        var set = self.set
        var number: Int32 = 0
        while sigwait(&set, &number) != 0 {}
        return number == SIGINT ? "SIGINT" : "SIGTERM"
    }
}
