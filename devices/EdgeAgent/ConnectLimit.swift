import Glibc

/// Bounds the blocking TCP connect inside libmosquitto, which the kernel alone would end after two minutes.
///
/// A timer signal with an empty handler interrupts the call; the library then tries the host's next address. Only the
/// uplink's thread takes the signal, all others block it.
package enum ConnectLimit {
    package static let signal = SIGALRM
    /// How long one address may take, and then each further one.
    private static let seconds = 20

    /// Installs the handler. Once, before any thread starts.
    package static func install() {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        sigaction(Self.signal, &action, nil)  // without SA_RESTART, or nothing would be interrupted
    }

    /// Lets the calling thread take the signal.
    static func enableOnThisThread() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, Self.signal)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Runs a blocking call that is interrupted when it takes too long.
    static func run<Result>(_ call: () -> Result) -> Result {
        var limit = itimerval(
            it_interval: timeval(tv_sec: Self.seconds, tv_usec: 0),
            it_value: timeval(tv_sec: Self.seconds, tv_usec: 0)
        )
        setitimer(Int32(ITIMER_REAL.rawValue), &limit, nil)
        defer {
            var off = itimerval()
            setitimer(Int32(ITIMER_REAL.rawValue), &off, nil)
        }
        return call()
    }
}
