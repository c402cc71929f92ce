import EventLog
import Glibc
import Synchronization

/// A simulated disk on which single calls fail.
final class FaultyFiles: LogFiles {
    /// What fails, and how often it was tried.
    struct Faults: Sendable {
        /// Removals of names to fail from now on.
        var unlinks = 0
        /// Syncs of folders to fail from now on.
        var directorySyncs = 0
        /// Files whose names end so cannot be made.
        var uncreatable: String?
        /// Files whose names end so cannot be removed.
        var unremovable: String?
        /// How often one of ``uncreatable`` or ``unremovable`` was tried.
        var tries = 0
        /// What happens when the next folder has been listed, and is not looked into yet.
        var afterList: (@Sendable () -> Void)?
    }

    let disk: SimulatedDisk
    private let state = Mutex(Faults())

    init(_ disk: SimulatedDisk) {
        self.disk = disk
    }

    var faults: Faults {
        get { self.state.withLock { $0 } }
        set { self.state.withLock { $0 = newValue } }
    }

    func createDirectory(_ path: String) throws(LogFileError) { try self.disk.createDirectory(path) }

    func list(_ directory: String) throws(LogFileError) -> [String] {
        let names = try self.disk.list(directory)
        let happens = self.state.withLock { exchange(&$0.afterList, with: nil) }
        happens?()
        return names
    }

    func syncDirectory(_ path: String) throws(LogFileError) {
        try self.fail("fsync", path) { faults in
            guard faults.directorySyncs > 0 else { return false }
            faults.directorySyncs -= 1
            return true
        }
        try self.disk.syncDirectory(path)
    }

    func lockDirectory(_ path: String) throws(LogFileError) -> (any Sendable)? { try self.disk.lockDirectory(path) }

    func open(_ path: String, _ mode: LogFileMode) throws(LogFileError) -> any LogFile {
        try self.fail("open", path) { faults in
            guard mode == .create, let end = faults.uncreatable, path.hasSuffix(end) else { return false }
            faults.tries += 1
            return true
        }
        return try self.disk.open(path, mode)
    }

    func rename(_ path: String, to newPath: String) throws(LogFileError) { try self.disk.rename(path, to: newPath) }

    func unlink(_ path: String) throws(LogFileError) {
        try self.fail("unlink", path) { faults in
            if let end = faults.unremovable, path.hasSuffix(end) {
                faults.tries += 1
                return true
            }
            guard faults.unlinks > 0 else { return false }
            faults.unlinks -= 1
            return true
        }
        guard self.disk.bytes(path) != nil else { throw LogFileError(operation: "unlink", path: path, errno: ENOENT) }
        try self.disk.unlink(path)
    }

    private func fail(
        _ operation: String,
        _ path: String,
        _ isDue: (inout Faults) -> Bool
    ) throws(LogFileError) {
        if self.state.withLock({ isDue(&$0) }) { throw LogFileError(operation: operation, path: path, errno: EIO) }
    }
}

/// A log on a disk with faults.
func makeLog(
    _ files: FaultyFiles,
    clock: ManualClock = ManualClock(),
    segmentBytesMax: Int = 600
) throws(EventLogError) -> EventLog {
    try EventLog(
        configuration: EventLog.Configuration(
            directory: "/log",
            segmentBytesMax: segmentBytesMax,
            freeBytesMin: 0,
            retentionCheck: .zero,
            diskCheck: .zero
        ),
        files: files,
        clock: clock.read,
        logger: quietLogger
    )
}
