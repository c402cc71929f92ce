import Glibc
import Synchronization

/// A file with a line for every stored row, `device<TAB>row number`, for tests that compare it with the log.
///
/// Every call is one `write` to the end of the file, made on the event loop: it goes to the page cache, and only tests
/// ask for it. Lines of different loops never mix (O_APPEND).
final class AckLog: Sendable {
    /// A file that cannot be opened or written.
    struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    private let path: String
    private let descriptor: Int32
    private let failure = Mutex<Fault?>(nil)

    /// Opens the file, making it if need be; appends to what is there.
    init(path: String) throws(Fault) {
        self.path = path
        self.descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard self.descriptor >= 0 else {
            throw Fault(description: "\(path) cannot be written: \(RecordingFile.reason(errno))")
        }
    }

    deinit { close(self.descriptor) }

    /// Why lines are missing; `nil` when none is.
    var fault: Fault? { self.failure.withLock { $0 } }

    /// Appends the rows of one device.
    func append(device: String, rows: [Int]) {
        var text = ""
        text.reserveCapacity(rows.count * (device.utf8.count + 8))
        for row in rows { text += "\(device)\t\(row)\n" }
        let isWritten = text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let result = write(self.descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if result < 0, errno != EINTR { return false }
                written += max(0, result)
            }
            return true
        }
        guard !isWritten else { return }
        let fault = Fault(description: "\(self.path) is not complete: \(RecordingFile.reason(errno))")
        self.failure.withLock { $0 = $0 ?? fault }
    }
}
