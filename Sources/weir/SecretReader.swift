import Glibc

/// Reads a password from where no other user of the machine sees it: a file, standard input, or the keyboard without
/// echo. Never from the command line.
enum SecretReader {
    /// Bytes of the largest file taken.
    private static let fileBytesMax = 4_096

    /// Reads a password.
    ///
    /// - Parameters:
    ///   - path: a file whose first line it is, `-` for standard input; `nil` asks on a terminal, else reads standard
    ///     input.
    ///   - owner: whose, for the prompt.
    /// - Returns: the password, without its line feed.
    /// - Throws: `CommandFailure` when there is none.
    static func password(path: String?, owner: String) throws(CommandFailure) -> String {
        guard let path, path != "-" else {
            if path == nil, isatty(STDIN_FILENO) == 1 { return try self.ask(owner) }
            return try self.firstLine(of: "-", name: "standard input")
        }
        return try self.firstLine(of: path, name: path)
    }

    private static func firstLine(of path: String, name: String) throws(CommandFailure) -> String {
        var reader = try LineReader(path: path)
        guard let line = try reader.next(), line.count <= self.fileBytesMax,
            let text = String(validating: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self), !text.isEmpty
        else { throw CommandFailure("\(name) holds no password; expected one line of text") }
        return text
    }

    private static func ask(_ owner: String) throws(CommandFailure) -> String {
        let first = try self.line(prompt: "password for \(owner): ")
        guard first == (try self.line(prompt: "again: ")) else {
            throw CommandFailure("the passwords are not the same; nothing was changed")
        }
        return first
    }

    /// One line from the terminal without echo. Source: POSIX termios(3).
    private static func line(prompt: String) throws(CommandFailure) -> String {
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        let kept = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        Console.current.error(Array(prompt.utf8))
        let line = readLine(strippingNewline: true)
        var restored = kept
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &restored)
        Console.current.error(Array("\n".utf8))
        guard let line, !line.isEmpty else { throw CommandFailure("no password was given") }
        return line
    }
}
