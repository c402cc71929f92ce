package import EventLog
internal import Glibc

/// Why a stream cannot go on.
package enum StreamError: Error, Equatable, Sendable {
    /// The checkpoint's file or folder.
    case file(operation: String, path: String, errno: Int32)
    /// The log, reading or writing.
    case log(EventLogError)
}

extension StreamError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let operation, let path, let errno):
            "the stream's checkpoint: cannot \(operation) \(path): \(String(cString: strerror(errno))). "
                + "Make the folder writable and give the disk room"
        case .log(let error):
            "\(error)"
        }
    }
}
