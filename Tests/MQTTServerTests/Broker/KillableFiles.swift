import EventLog
import Glibc
import Synchronization

/// The real file layer of a process that can be killed: from some operation on, none reaches the system.
final class KillableFiles: LogFiles {
    private let files = PosixLogFiles()
    /// Changing operations until the end; negative: it has come.
    private let left: Mutex<Int>

    init(operations: Int = .max) {
        self.left = Mutex(operations)
    }

    var isDead: Bool { self.left.withLock { $0 < 0 } }

    func kill() {
        self.left.withLock { $0 = -1 }
    }

    /// The disk is well again.
    func revive() {
        self.left.withLock { $0 = .max }
    }

    fileprivate func pass(_ operation: String, _ path: String) throws(LogFileError) {
        let isDead = self.left.withLock { left in
            if left >= 0 { left -= 1 }
            return left < 0
        }
        if isDead { throw LogFileError(operation: operation, path: path, errno: EIO) }
    }

    func createDirectory(_ path: String) throws(LogFileError) {
        try self.pass("mkdir", path)
        try self.files.createDirectory(path)
    }

    func list(_ directory: String) throws(LogFileError) -> [String] { try self.files.list(directory) }

    func syncDirectory(_ path: String) throws(LogFileError) {
        try self.pass("fsync", path)
        try self.files.syncDirectory(path)
    }

    func lockDirectory(_ path: String) throws(LogFileError) -> (any Sendable)? { try self.files.lockDirectory(path) }

    func open(_ path: String, _ mode: LogFileMode) throws(LogFileError) -> any LogFile {
        if mode == .create { try self.pass("open", path) }
        return KillableFile(files: self, file: try self.files.open(path, mode), path: path)
    }

    func rename(_ path: String, to newPath: String) throws(LogFileError) {
        try self.pass("rename", path)
        try self.files.rename(path, to: newPath)
    }

    func unlink(_ path: String) throws(LogFileError) {
        try self.pass("unlink", path)
        try self.files.unlink(path)
    }
}

private final class KillableFile: LogFile {
    private let files: KillableFiles
    private let file: any LogFile
    private let path: String

    init(files: KillableFiles, file: any LogFile, path: String) {
        self.files = files
        self.file = file
        self.path = path
    }

    func size() throws(LogFileError) -> UInt64 { try self.file.size() }

    func read(into bytes: UnsafeMutableRawBufferPointer, at position: UInt64) throws(LogFileError) -> Int {
        try self.file.read(into: bytes, at: position)
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at position: UInt64) throws(LogFileError) {
        try self.files.pass("pwritev", self.path)
        try self.file.write(pieces, at: position)
    }

    func syncData() throws(LogFileError) {
        // No power fails in these tests, so what was written is safe: a real sync would only cost time.
        try self.files.pass("fdatasync", self.path)
    }

    func truncate(to size: UInt64) throws(LogFileError) {
        try self.files.pass("ftruncate", self.path)
        try self.file.truncate(to: size)
    }
}
