import Glibc
import HubProtocol

/// A file of the data folder, open to be read, as long as it was when it was opened.
final class OpenFile: Sendable {
    enum Kind {
        case file
        case folder
        case other
    }

    let bytes: UInt64
    /// Permission bits.
    let mode: UInt16
    private let path: String
    private let descriptor: Int32

    /// Opens a file; `nil` when there is none.
    ///
    /// - Throws: `HubError` naming the file.
    init?(path: String) throws(HubError) {
        self.path = path
        self.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard self.descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw OpenFile.error(path, errno)
        }
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else {
            let code = errno
            close(self.descriptor)
            throw OpenFile.error(path, code)
        }
        self.bytes = UInt64(max(0, status.st_size))
        self.mode = UInt16(truncatingIfNeeded: status.st_mode & 0o777)
    }

    deinit { close(self.descriptor) }

    /// Up to `count` bytes from `position`.
    ///
    /// - Throws: `HubError`, also when the file has become shorter.
    func read(at position: UInt64, count: Int) throws(HubError) -> [UInt8] {
        let wanted = Int(min(UInt64(count), self.bytes - min(position, self.bytes)))
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                let result = pread(
                    self.descriptor,
                    buffer.baseAddress.map { $0 + filled },
                    wanted - filled,
                    off_t(position) + off_t(filled)
                )
                if result > 0 {
                    filled += result
                } else if result == 0 || errno != EINTR {
                    code = result == 0 ? 0 : errno
                    return
                }
            }
        }
        guard bytes.count == wanted else { throw OpenFile.error(self.path, code) }
        return bytes
    }

    /// What has a path; links count as other.
    static func kind(of path: String) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    private static func error(_ path: String, _ code: Int32) -> HubError {
        let reason = code == 0 ? "it became shorter meanwhile" : String(cString: strerror(code))
        return HubError(.serverError, "\(path) cannot be read: \(reason)")
    }
}
