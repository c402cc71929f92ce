import Glibc

/// A file read from its beginning to its end, in pieces. Blocks.
struct InputFile: ~Copyable {
    private let descriptor: Int32
    private let name: String

    /// Opens a file; `-` is stdin.
    init(path: String) throws(CommandFailure) {
        self.name = path == "-" ? "standard input" : path
        self.descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard self.descriptor >= 0 else {
            throw CommandFailure("\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        if self.descriptor > STDIN_FILENO { close(self.descriptor) }
    }

    /// Exactly `count` bytes, or fewer at the file's end.
    func read(_ count: Int) throws(CommandFailure) -> [UInt8] {
        var reason: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = Glibc.read(self.descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
                if result > 0 {
                    filled += result
                } else if result == 0 {
                    return
                } else if errno != EINTR {
                    reason = errno
                    return
                }
            }
        }
        guard reason == 0 else {
            throw CommandFailure("\(self.name) cannot be read: \(String(cString: strerror(reason)))")
        }
        return bytes
    }

    /// Bytes of a regular file; `nil` for anything else.
    static func byteCount(of path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}
