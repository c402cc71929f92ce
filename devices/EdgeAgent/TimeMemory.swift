import EdgeCore
import Glibc
package import TelemetryModel

/// The last time that was known, in the file `clock` of the state folder: one line, ISO 8601.
///
/// A floor for the next boot, nothing else; a file that cannot be read is as good as none.
package struct TimeMemory: Sendable {
    package struct Fault: Error, Equatable, Sendable {
        package var message: String
    }

    /// The file's name in the state folder.
    static let file = "clock"

    private let path: String

    /// - Parameter folder: The state folder.
    package init(folder: String) {
        self.path = "\(folder)/\(Self.file)"
    }

    /// The time; `nil` when none is remembered.
    package var time: Timestamp? {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: Timestamp.iso8601Length)
        guard Glibc.read(descriptor, &buffer, buffer.count) == buffer.count else { return nil }
        return Timestamp(iso8601: buffer)
    }

    /// Replaces it. Not synced: after a power cut the one before, or none, is as true.
    package func remember(_ time: Timestamp) throws(Fault) {
        let temporary = "\(self.path).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Fault(message: "\(temporary): \(LinuxError.text(errno))") }
        let bytes = time.iso8601 + [0x0A]
        let count = write(descriptor, bytes, bytes.count)
        let number = errno
        close(descriptor)
        guard count == bytes.count else { throw Fault(message: "\(temporary): \(LinuxError.text(number))") }
        guard rename(temporary, self.path) == 0 else {
            throw Fault(message: "\(self.path): \(LinuxError.text(errno))")
        }
    }
}
