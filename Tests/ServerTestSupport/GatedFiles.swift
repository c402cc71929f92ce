import Dispatch
package import EventLog
import Synchronization

/// The real file layer with an fdatasync that the test can hold back or make fail.
package final class GatedFiles: LogFiles {
    private enum Gate {
        case open
        case held(DispatchSemaphore)
        /// Only of files with this in their path.
        case failing(errno: Int32, part: String)
    }

    /// One element per fdatasync that was held back.
    package let heldSyncs = Mailbox<Void>("an fdatasync")
    private let files = PosixLogFiles()
    private let gate = Mutex(Gate.open)
    private let reads = Atomic<Int>(0)

    package init() {}

    /// Reads of files until now.
    package var readCount: Int { self.reads.load(ordering: .relaxed) }

    /// From now on fdatasync does not return.
    package func holdSyncs() {
        self.gate.withLock { $0 = .held(DispatchSemaphore(value: 0)) }
    }

    /// Lets the held one and all others pass.
    package func releaseSyncs() {
        self.change(to: .open)
    }

    /// Makes the held one and all others fail, or those of the files that have `part` in their path.
    package func failSyncs(errno: Int32, of part: String = "") {
        self.change(to: .failing(errno: errno, part: part))
    }

    private func change(to new: Gate) {
        let old = self.gate.withLock { gate in exchange(&gate, with: new) }
        if case .held(let semaphore) = old { semaphore.signal() }
    }

    fileprivate func noteRead() {
        self.reads.add(1, ordering: .relaxed)
    }

    fileprivate func pass(_ path: String) throws(LogFileError) {
        if case .held(let semaphore) = self.gate.withLock({ $0 }) {
            self.heldSyncs.push(())
            semaphore.wait()
        }
        if case .failing(let errno, let part) = self.gate.withLock({ $0 }), part.isEmpty || path.contains(part) {
            throw LogFileError(operation: "fdatasync", path: path, errno: errno)
        }
    }

    package func createDirectory(_ path: String) throws(LogFileError) { try self.files.createDirectory(path) }
    package func list(_ directory: String) throws(LogFileError) -> [String] { try self.files.list(directory) }
    package func syncDirectory(_ path: String) throws(LogFileError) { try self.files.syncDirectory(path) }
    package func lockDirectory(_ path: String) throws(LogFileError) -> (any Sendable)? {
        try self.files.lockDirectory(path)
    }
    package func rename(_ path: String, to newPath: String) throws(LogFileError) {
        try self.files.rename(path, to: newPath)
    }
    package func unlink(_ path: String) throws(LogFileError) { try self.files.unlink(path) }

    package func open(_ path: String, _ mode: LogFileMode) throws(LogFileError) -> any LogFile {
        GatedFile(file: try self.files.open(path, mode), path: path, gate: self)
    }
}

private final class GatedFile: LogFile {
    private let file: any LogFile
    private let path: String
    private let gate: GatedFiles

    init(file: any LogFile, path: String, gate: GatedFiles) {
        self.file = file
        self.path = path
        self.gate = gate
    }

    func syncData() throws(LogFileError) {
        try self.gate.pass(self.path)
        try self.file.syncData()
    }

    func size() throws(LogFileError) -> UInt64 { try self.file.size() }
    func truncate(to size: UInt64) throws(LogFileError) { try self.file.truncate(to: size) }

    func read(into bytes: UnsafeMutableRawBufferPointer, at position: UInt64) throws(LogFileError) -> Int {
        self.gate.noteRead()
        return try self.file.read(into: bytes, at: position)
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at position: UInt64) throws(LogFileError) {
        try self.file.write(pieces, at: position)
    }
}
