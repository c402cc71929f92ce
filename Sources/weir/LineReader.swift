import Glibc

/// The lines of a file or of stdin, without their line feed. Blocks while it reads.
struct LineReader: ~Copyable {
    /// Bytes of the longest line taken.
    static let lineBytesMax = 1 << 20
    private static let chunkBytes = 256 << 10

    private let descriptor: Int32
    private let name: String
    private var pending = [UInt8]()
    /// Where the next line begins in `pending`.
    private var start = 0
    private var isAtEnd = false

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

    /// The next line; `nil` at the end.
    mutating func next() throws(CommandFailure) -> ArraySlice<UInt8>? {
        var searched = self.start
        while true {
            if let feed = self.pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { self.start = feed + 1 }
                return self.pending[self.start..<feed]
            }
            if self.isAtEnd {
                guard self.start < self.pending.count else { return nil }
                defer { self.start = self.pending.count }
                return self.pending[self.start...]
            }
            self.pending.removeFirst(self.start)
            self.start = 0
            searched = self.pending.count
            guard searched <= LineReader.lineBytesMax else {
                throw CommandFailure(
                    "\(self.name) has a line over \(LineReader.lineBytesMax) bytes: it is not JSON lines"
                )
            }
            try self.readChunk()
        }
    }

    private mutating func readChunk() throws(CommandFailure) {
        let used = self.pending.count
        self.pending.append(contentsOf: repeatElement(0, count: LineReader.chunkBytes))
        let descriptor = self.descriptor
        let count = self.pending.withUnsafeMutableBytes { buffer in
            read(descriptor, buffer.baseAddress.map { $0 + used }, LineReader.chunkBytes)
        }
        let reason = errno
        self.pending.removeLast(LineReader.chunkBytes - max(0, count))
        if count == 0 { self.isAtEnd = true }
        if count < 0, reason != EINTR {
            throw CommandFailure("\(self.name) cannot be read: \(String(cString: strerror(reason)))")
        }
    }
}
