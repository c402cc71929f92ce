import EdgeAgent
import Foundation
import Synchronization

/// A serial device on a pseudo terminal, reachable under a stable name that can be unplugged and plugged in again.
///
/// A thread of its own plays the device: it says what `says` returns for what the agent wrote, one piece after the other.
final class PseudoTerminal: Sendable {
    /// A part of what the device sends, and the wait before it.
    struct Piece: Sendable {
        var after: Duration = .zero
        var bytes: [UInt8]
    }

    struct SetupError: Error {
        var call: String
    }

    /// TIOCSPTLCK and TIOCGPTN, ioctl_tty(2).
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    private struct State {
        var says: @Sendable ([UInt8]) -> [Piece]
        var isPlugged = false
        var heard: [[UInt8]] = []
    }

    /// The port's name in the configuration: a link to the terminal of the moment.
    let path: String
    private let state: Mutex<State>
    private let threads = Mutex<[NamedThread]>([])

    init(at path: String, says: @escaping @Sendable ([UInt8]) -> [Piece]) throws {
        self.path = path
        self.state = Mutex(State(says: says))
        try self.plugIn()
    }

    deinit {
        self.unplug()
    }

    /// What the agent has written, one entry per read.
    var heard: [[UInt8]] { self.state.withLock { $0.heard } }

    /// Changes what the device says from now on.
    func setAnswer(_ says: @escaping @Sendable ([UInt8]) -> [Piece]) {
        self.state.withLock { $0.says = says }
    }

    func plugIn() throws {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        var isLocked: Int32 = 0
        var number: Int32 = 0
        guard master >= 0, ioctl(master, Self.setLock, &isLocked) == 0, ioctl(master, Self.getNumber, &number) == 0
        else {
            throw SetupError(call: "/dev/ptmx")
        }
        guard symlink("/dev/pts/\(number)", self.path) == 0 else { throw SetupError(call: "symlink") }
        self.state.withLock { $0.isPlugged = true }
        let thread = NamedThread("device") { [weak self] in
            while let self, self.play(master) {}
            close(master)
        }
        self.threads.withLock { $0.append(thread) }
    }

    /// Pulls the device out; returns when it is gone.
    func unplug() {
        unlink(self.path)
        self.state.withLock { $0.isPlugged = false }
        for thread in self.threads.withLock({ $0 }) { _ = thread.wait(atMost: .seconds(60)) }
        self.threads.withLock { $0 = [] }
    }

    /// - Returns: whether the device is still there.
    private func play(_ master: Int32) -> Bool {
        guard self.state.withLock({ $0.isPlugged }) else { return false }
        var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        var request = [UInt8](repeating: 0, count: 256)
        let isReady = poll(&entry, 1, 10) > 0
        let count = isReady ? read(master, &request, request.count) : 0
        if isReady, count <= 0 { usleep(10_000) }  // nobody has the port open
        let bytes = Array(request.prefix(max(count, 0)))
        if !bytes.isEmpty { self.state.withLock { $0.heard.append(bytes) } }
        for piece in self.state.withLock({ $0.says })(bytes) {
            let (seconds, attoseconds) = piece.after.components
            usleep(UInt32(seconds) * 1_000_000 + UInt32(attoseconds / 1_000_000_000_000))
            _ = piece.bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
        }
        return true
    }
}
