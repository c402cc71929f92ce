import Glibc
import RecordCompression

/// A recording on disk, plain or gzipped, read forward in pieces.
///
/// Owns its descriptor. Used by one caller at a time.
final class RecordingFile {
    /// A file that cannot be opened or read.
    struct Fault: Error, CustomStringConvertible {
        let path: String
        /// What is wrong and what to do, without the path.
        let reason: String

        var description: String { "\(self.path): \(self.reason)" }
    }

    /// Bytes read from the disk at once. Deflate makes at most 1032 bytes of one: memory stays below 17 MB.
    private static let pieceBytes = 16_384

    let path: String
    /// The file's size; 0 when it is no regular file.
    let byteCount: Int
    /// Bytes read from the disk so far, compressed ones where the file is.
    private(set) var bytesRead = 0
    private let descriptor: Int32
    private var inflater: GzipInflater?

    /// Opens a file.
    init(path: String) throws(Fault) {
        self.path = path
        self.descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard self.descriptor >= 0 else {
            throw Fault(path: path, reason: "cannot be opened: \(RecordingFile.reason(errno))")
        }
        var status = stat()
        guard fstat(self.descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(self.descriptor)
            throw Fault(path: path, reason: "is a folder: name the CSV files in it")
        }
        self.byteCount = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
    }

    deinit { close(self.descriptor) }

    /// Reads the next piece.
    ///
    /// - Parameter receive: called with the file's text, several times when a compressed piece is long.
    /// - Returns: whether there may be more.
    /// - Throws: when the file cannot be read on; what came before has been received.
    func readPiece(receive: (ArraySlice<UInt8>) -> Void) throws(Fault) -> Bool {
        let piece = try self.readBytes()
        let isFirst = self.bytesRead == 0
        self.bytesRead += piece.count
        do {
            if isFirst, GzipInflater.isGzip(piece) { self.inflater = try GzipInflater() }
            guard let inflater = self.inflater else {
                receive(piece[...])
                return !piece.isEmpty
            }
            if piece.isEmpty {
                try inflater.finish()
                return false
            }
            try inflater.inflate(piece, receive: receive)
            return true
        } catch {
            throw Fault(path: self.path, reason: "cannot be read to its end: \(error)")
        }
    }

    private func readBytes() throws(Fault) -> [UInt8] {
        var failure: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: RecordingFile.pieceBytes) { buffer, count in
            var result: Int
            repeat {
                result = read(self.descriptor, buffer.baseAddress, buffer.count)
            } while result < 0 && errno == EINTR
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        if failure != 0 {
            throw Fault(path: self.path, reason: "cannot be read: \(RecordingFile.reason(failure))")
        }
        return piece
    }

    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
