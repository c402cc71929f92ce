import Glibc
import RecordCompression

/// The lines of a file or of stdin, gzipped or not, without their line feed. Blocks while it reads.
///
/// Of a file no more is read than it had when it was opened: one that grows meanwhile is the same however often it is read.
struct LineReader: ~Copyable {
    /// Bytes of the longest line taken.
    static let lineBytesMax = 1 << 20
    /// Bytes read at once; deflate makes at most 1,032 of one.
    private static let chunkBytes = 64 << 10

    /// Bytes of a regular file when it was opened; `nil` for stdin, pipes and what else can be read only once.
    let byteCount: Int?
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
        self.byteCount = self.descriptor > STDIN_FILENO ? LineReader.byteCount(of: self.descriptor) : nil
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

    /// Hands over all bytes of a regular file, as they lie there; what ``next()`` reads is not touched.
    func readAhead(_ receive: ([UInt8]) -> Void) throws(CommandFailure) {
        var position = 0
        while position < self.byteCount ?? 0 {
            let chunk = try self.bytes(at: position)
            position += chunk.count
            receive(chunk)
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
        guard let byteCount = self.byteCount else {
            let descriptor = self.descriptor
            return try self.bytes { read(descriptor, $0.baseAddress, $0.count) }
        }
        return self.bytesRead < byteCount ? try self.bytes(at: self.bytesRead) : []
    }

    /// Bytes of a regular file from `position`, at least one.
    private func bytes(at position: Int) throws(CommandFailure) -> [UInt8] {
        let wanted = min(LineReader.chunkBytes, (self.byteCount ?? 0) - position)
        let descriptor = self.descriptor
        let chunk = try self.bytes { pread(descriptor, $0.baseAddress, wanted, position) }
        guard !chunk.isEmpty else {
            throw CommandFailure("\(self.name) has become shorter while it was read: start again when it is whole")
        }
        return chunk
    }

    /// What one call reads, at most ``chunkBytes``.
    private func bytes(_ call: (UnsafeMutableBufferPointer<UInt8>) -> Int) throws(CommandFailure) -> [UInt8] {
        var reason: Int32 = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: LineReader.chunkBytes) { buffer, count in
            var result: Int
            repeat {
                result = call(buffer)
            } while result < 0 && errno == EINTR
            if result < 0 { reason = errno }
            count = max(0, result)
        }
        guard reason == 0 else {
            throw CommandFailure("\(self.name) cannot be read: \(String(cString: strerror(reason)))")
        }
        return chunk
    }

    private static func byteCount(of descriptor: Int32) -> Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}
