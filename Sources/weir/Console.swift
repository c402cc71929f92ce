import Glibc

/// Where a command writes: results to stdout, everything else to stderr.
///
/// Tests put their own in place of ``process``.
struct Console: Sendable {
    /// The reader of stdout has gone (`| head`): stop, and say nothing.
    struct ReaderGone: Error {}

    /// The console of the running command.
    @TaskLocal static var current = Console.process

    /// The process's own streams.
    static let process = Console(
        isTerminal: isatty(STDOUT_FILENO) == 1,
        hasColor: isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil && !Console.isDumb,
        output: { try Console.write($0, to: STDOUT_FILENO) },
        error: { try? Console.write($0, to: STDERR_FILENO) }  // nowhere is left to complain to
    )

    /// Whether a person reads stdout.
    var isTerminal: Bool
    /// Whether stdout shows colours.
    var hasColor: Bool
    /// Writes to stdout; blocks while its reader is slow.
    var output: @Sendable ([UInt8]) throws -> Void
    /// Writes to stderr.
    var error: @Sendable ([UInt8]) -> Void

    /// Writes a line of the result.
    func print(_ line: String) throws {
        try self.output(Array((line + "\n").utf8))
    }

    /// Says something that is not the result.
    func note(_ line: String) {
        self.error(Array((line + "\n").utf8))
    }

    /// The text in a colour, where colours are shown.
    func colored(_ text: String, _ color: Color) -> String {
        self.hasColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Colours by what they mean here; the numbers are ECMA-48 SGR parameters.
    enum Color: String {
        case faint = "2"
        case good = "32"
        case warning = "33"
        case bad = "31"
        case name = "36"
        case heading = "1"
    }

    private static var isDumb: Bool {
        guard let term = getenv("TERM") else { return true }
        return strcmp(term, "dumb") == 0
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EPIPE {
                throw ReaderGone()
            } else if errno != EINTR, errno != EAGAIN {
                throw CommandFailure("the output cannot be written: \(String(cString: strerror(errno)))")
            }
        }
    }
}
