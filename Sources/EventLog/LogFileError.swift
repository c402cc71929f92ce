import Glibc

/// A call to the file layer that failed: which, on what, and the system's reason.
package struct LogFileError: Error, Equatable, Sendable {
    /// The call, as the system names it: `open`, `pwritev`, `fdatasync`.
    package var operation: String
    /// The file or folder.
    package var path: String
    /// The system's error number.
    package var errno: Int32

    /// A failed call.
    package init(operation: String, path: String, errno: Int32) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }

    /// No room: the disk or the user's quota is full. Freeing space helps, unlike after any other failed write.
    package var isDiskFull: Bool { self.errno == ENOSPC || self.errno == EDQUOT }
}

extension LogFileError: CustomStringConvertible {
    package var description: String {
        "\(self.operation) \(self.path): \(String(cString: strerror(self.errno))) (errno \(self.errno))"
    }
}
