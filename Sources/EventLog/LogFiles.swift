/// The file layer under the log: everything it asks of a disk. Tests put a simulated disk behind it.
///
/// Calls block; they are made on writer threads, on readers' threads and while opening, never on an event loop.
package protocol LogFiles: Sendable {
    /// Makes a folder whose parent exists; does nothing when it is there.
    func createDirectory(_ path: String) throws(LogFileError)
    /// Names of the entries of a folder, without `.` and `..`, in any order.
    func list(_ directory: String) throws(LogFileError) -> [String]
    /// Makes names made, changed or removed in a folder durable.
    func syncDirectory(_ path: String) throws(LogFileError)
    /// Takes the folder for this log alone until the result is released; `nil` when another log has it.
    func lockDirectory(_ path: String) throws(LogFileError) -> (any Sendable)?
    /// Opens a file.
    func open(_ path: String, _ mode: LogFileMode) throws(LogFileError) -> any LogFile
    /// Gives a file another name, in place of any file of that name.
    func rename(_ path: String, to newPath: String) throws(LogFileError)
    /// Removes a file's name.
    func unlink(_ path: String) throws(LogFileError)
    /// Removes a folder when nothing is in it; leaves it otherwise.
    func removeDirectory(_ path: String) throws(LogFileError)
    /// Bytes of the folder's disk that may still be written.
    func freeBytes(in directory: String) throws(LogFileError) -> UInt64
}

extension LogFiles {
    /// For layers that keep their folders.
    package func removeDirectory(_ path: String) throws(LogFileError) {}

    /// For layers without a bound.
    package func freeBytes(in directory: String) throws(LogFileError) -> UInt64 { .max }
}

/// How to open a file.
package enum LogFileMode: Sendable {
    /// An existing file, to read.
    case read
    /// An existing file, to read and write.
    case readWrite
    /// A new file, to read and write; whatever had the name is emptied.
    case create
}

/// An open file; closed when the last reference is gone. Any thread may read while one thread writes.
package protocol LogFile: AnyObject, Sendable {
    /// Bytes of the file.
    func size() throws(LogFileError) -> UInt64
    /// Fills `bytes` from `position` on; returns fewer bytes only at the end of the file.
    func read(into bytes: UnsafeMutableRawBufferPointer, at position: UInt64) throws(LogFileError) -> Int
    /// Writes all of `pieces`, one after the other, in one call to the system if it takes them all.
    func write(_ pieces: [UnsafeRawBufferPointer], at position: UInt64) throws(LogFileError)
    /// Makes the file's bytes and its length durable (fdatasync). Never call it again after it has thrown.
    func syncData() throws(LogFileError)
    /// Cuts the file to `size` bytes, durably.
    func truncate(to size: UInt64) throws(LogFileError)
    /// Forgets what is in memory of the file and is not waiting to be written: the next read comes from the disk.
    func dropCache() throws(LogFileError)
}

extension LogFile {
    /// For layers without a cache.
    package func dropCache() throws(LogFileError) {}
}

extension LogFile {
    /// Up to `count` bytes from `position`; fewer only at the end of the file.
    func bytes(at position: UInt64, count: Int) throws(LogFileError) -> [UInt8] {
        var failure: LogFileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { raw, filled in
            do throws(LogFileError) {
                filled = try self.read(into: UnsafeMutableRawBufferPointer(raw), at: position)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes one array.
    func write(_ bytes: [UInt8], at position: UInt64) throws(LogFileError) {
        try bytes.withUnsafeBufferPointer { raw throws(LogFileError) in
            try self.write([UnsafeRawBufferPointer(raw)], at: position)
        }
    }
}
