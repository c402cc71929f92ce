import Glibc

/// Standard output and standard error, written at once.
enum Terminal {
    /// Whether standard error is a terminal: then lines may be rewritten in place.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Begins the line anew and erases it, on a terminal.
    private static let eraseLine = "\r\u{1B}[K"

    /// Writes to standard output.
    static func output(_ text: String) {
        Terminal.write(text, to: STDOUT_FILENO)
    }

    /// Writes a line to standard error, in place of a status line that may stand there.
    static func errorLine(_ text: String) {
        Terminal.write((Terminal.isInteractive ? Terminal.eraseLine : "") + text + "\n", to: STDERR_FILENO)
    }

    /// Writes a line that the next one overwrites; only on a terminal.
    static func statusLine(_ text: String) {
        Terminal.write(Terminal.eraseLine + text, to: STDERR_FILENO)
    }

    /// Ends the process at once: the user asked twice.
    static func abort() -> Never {
        Terminal.errorLine("weir-sim: stopped without waiting for acknowledgements")
        exit(1)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let result = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                // A reader that has gone is no reason to stop the fleet.
                if result < 0, errno != EINTR { return }
                written += max(0, result)
            }
        }
    }
}
