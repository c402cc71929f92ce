package import EdgeCore
package import Glibc

/// The folder of what outlives a run: `epoch`, `spool/`, and what other parts keep. One agent at a time has it.
///
/// Files are small and replaced as a whole, so that a power cut leaves the old content or the new.
package final class StateFolder: Sendable {
    package let path: String
    /// Held, with its lock, until the end of the process.
    private let lock: Int32

    /// Opens a folder.
    ///
    /// - Parameters:
    ///   - path: The folder; its parent exists.
    ///   - isMade: Whether it is made when it does not exist.
    /// - Throws: When it cannot be used: the reason, and what to do.
    package init(_ path: String, isMade: Bool) throws(SpoolFault) {
        if isMade, mkdir(path, 0o700) != 0, errno != EEXIST {
            throw SpoolFault("the state folder \(path) cannot be made: \(LinuxError.text(errno))")
        }
        let file = "\(path)/lock"
        let lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw SpoolFault("the state folder \(path) cannot be used: lock: \(LinuxError.text(errno))")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(lock)
            let reason = number == EWOULDBLOCK ? "another agent uses it; give each its own" : LinuxError.text(number)
            throw SpoolFault("the state folder \(path): \(reason) (spool.directory)")
        }
        self.path = path
        self.lock = lock
    }

    deinit {
        close(self.lock)
    }

    /// The path of a file or folder in it.
    package func path(of name: String) -> String { "\(self.path)/\(name)" }

    /// A file's content, at most 1 MiB of it; `nil` when there is none.
    package func read(_ name: String) throws(SpoolFault) -> [UInt8]? {
        let descriptor = open(self.path(of: name), O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw self.fault(name, errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1_048_576)
        let count = LinuxFile.read(descriptor, into: &bytes, at: 0)
        guard count >= 0 else { throw self.fault(name, errno) }
        return Array(bytes.prefix(count))
    }

    /// Replaces a file, or makes it; when this returns the disk has it.
    ///
    /// - Parameters:
    ///   - name: Its name in the folder, or in a folder of it.
    ///   - bytes: All of its content.
    ///   - mode: Who may read it.
    /// - Throws: When the disk does not take it; the old content may then still be there.
    package func replace(_ name: String, with bytes: [UInt8], mode: mode_t = 0o600) throws(SpoolFault) {
        let path = self.path(of: name)
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw self.fault(name, errno) }
        let isWritten = LinuxFile.write(bytes, to: descriptor, at: 0) && fsync(descriptor) == 0
        let number = errno
        close(descriptor)
        guard isWritten else { throw self.fault(name, number) }
        guard rename(temporary, path) == 0 else { throw self.fault(name, errno) }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        guard LinuxFile.syncFolder(folder) else { throw self.fault(name, errno) }
    }

    private func fault(_ name: String, _ number: Int32) -> SpoolFault {
        SpoolFault("\(self.path(of: name)): \(LinuxError.text(number))", isFull: number == ENOSPC || number == EDQUOT)
    }
}
