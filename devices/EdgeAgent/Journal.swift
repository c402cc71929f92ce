import Glibc

/// The log: one line per change of state on stderr, each written at once so that lines of threads do not mix.
///
/// When stderr is no terminal each line begins with `<N>`, the priority as journald and syslog understand it.
package struct Journal: Sendable {
    package enum Priority: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
    }

    private let hasPrefix: Bool
    private let descriptor: Int32

    package init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
        self.hasPrefix = isatty(descriptor) == 0
    }

    package func callAsFunction(_ priority: Priority, _ message: String) {
        var line: [UInt8] = []
        line.reserveCapacity(message.utf8.count + 5)
        if self.hasPrefix { line += Array("<\(priority.rawValue)>".utf8) }
        // What a peer or a file says may hold line ends; a line stays one line.
        line += message.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }
        line.append(UInt8(ascii: "\n"))
        // Nobody can be told that the log cannot be written.
        _ = line.withUnsafeBytes { write(self.descriptor, $0.baseAddress, $0.count) }
    }
}
