import CLinuxBus
import Glibc

/// SIGTERM and SIGINT as something to wait for. Blocks them, and the connect timer's signal, in the calling thread and
/// in all threads it starts; ignores SIGPIPE, for a broken connection is an error code and not the end.
struct StopSignals {
    /// Readable when one has come; lives as long as the program.
    let descriptor: Int32

    init() {
        self.descriptor = weir_signal_descriptor(SIGTERM, SIGINT)
        precondition(self.descriptor >= 0, "no file descriptor is left for signals")
        var blocked = sigset_t()
        sigemptyset(&blocked)
        for signal in [SIGTERM, SIGINT, ConnectLimit.signal] { sigaddset(&blocked, signal) }
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// The name of one that has come; `nil`: none has.
    func take() -> String? {
        switch weir_read_signal(self.descriptor) {
        case 0: nil
        case SIGINT: "SIGINT"
        default: "SIGTERM"
        }
    }
}
