import Glibc
import RecordCompression

/// The lines of a file or of stdin, gzipped or not, without their line feed. Blocks while it reads.
struct LineReader: ~Copyable {
    /// Bytes of the longest line taken.
    static let lineBytesMax = 1 << 20
    /// Bytes read at once; deflate makes at most 1,032 of one.
    private static let chunkBytes = 64 << 10

    private let descriptor: Int32
    private let name: String
    private var pending = [UInt8]()
    /// Where the next line begins in `pending`.
    private var start = 0
    private var isAtEnd = false
    private var inflater: GzipInflater?
    /// Bytes of the file read so far, compressed ones where it is.
    private(set) var bytesRead = 0

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
        let chunk = try self.readBytes()
        if self.bytesRead == 0, GzipInflater.isGzip(chunk) {
            do throws(GzipInflater.Fault) {
                self.inflater = try GzipInflater()
            } catch {
                throw CommandFailure("\(self.name) cannot be read: \(error)")
            }
        }
        self.bytesRead += chunk.count
        self.isAtEnd = chunk.isEmpty
        guard let inflater = self.inflater else {
            self.pending += chunk
            return
        }
        do throws(GzipInflater.Fault) {
            if chunk.isEmpty { return try inflater.finish() }
            var text: [UInt8] = []
            try inflater.inflate(chunk) { text += $0 }
            self.pending += text
        } catch {
            throw CommandFailure("\(self.name) cannot be read to its end: \(error)")
        }
    }

    /// The next bytes of the file; none at its end.
    private func readBytes() throws(CommandFailure) -> [UInt8] {
        var reason: Int32 = 0
        let descriptor = self.descriptor
        let chunk = [UInt8](unsafeUninitializedCapacity: LineReader.chunkBytes) { buffer, count in
            var result: Int
            repeat {
                result = read(descriptor, buffer.baseAddress, buffer.count)
            } while result < 0 && errno == EINTR
            if result < 0 { reason = errno }
            count = max(0, result)
        }
        guard reason == 0 else {
            throw CommandFailure("\(self.name) cannot be read: \(String(cString: strerror(reason)))")
        }
        return chunk
    }
}
