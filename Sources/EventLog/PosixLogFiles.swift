import Glibc

/// The file layer over the system's calls.
package struct PosixLogFiles: LogFiles {
    /// The system's files.
    package init() {}

    package func createDirectory(_ path: String) throws(LogFileError) {
        guard mkdir(path, 0o750) != 0, errno != EEXIST else { return }
        throw LogFileError(operation: "mkdir", path: path, errno: errno)
    }

    package func list(_ directory: String) throws(LogFileError) -> [String] {
        guard let stream = opendir(directory) else {
            throw LogFileError(operation: "opendir", path: directory, errno: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw LogFileError(operation: "readdir", path: directory, errno: errno) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    package func syncDirectory(_ path: String) throws(LogFileError) {
        let directory = try PosixDescriptor(opening: path, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.number) == 0 else { throw LogFileError(operation: "fsync", path: path, errno: errno) }
    }

    package func lockDirectory(_ path: String) throws(LogFileError) -> (any Sendable)? {
        let directory = try PosixDescriptor(opening: path, O_RDONLY | O_DIRECTORY)
        if flock(directory.number, LOCK_EX | LOCK_NB) == 0 { return directory }
        if errno == EWOULDBLOCK { return nil }
        throw LogFileError(operation: "flock", path: path, errno: errno)
    }

    package func open(_ path: String, _ mode: LogFileMode) throws(LogFileError) -> any LogFile {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            }
        return PosixLogFile(try PosixDescriptor(opening: path, flags), path: path)
    }

    package func rename(_ path: String, to newPath: String) throws(LogFileError) {
        guard Glibc.rename(path, newPath) == 0 else {
            throw LogFileError(operation: "rename", path: path, errno: errno)
        }
    }

    package func unlink(_ path: String) throws(LogFileError) {
        guard Glibc.unlink(path) == 0 else { throw LogFileError(operation: "unlink", path: path, errno: errno) }
    }

    package func removeDirectory(_ path: String) throws(LogFileError) {
        guard rmdir(path) != 0, errno != ENOTEMPTY, errno != EEXIST else { return }
        throw LogFileError(operation: "rmdir", path: path, errno: errno)
    }

    package func freeBytes(in directory: String) throws(LogFileError) -> UInt64 {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else {
            throw LogFileError(operation: "statvfs", path: directory, errno: errno)
        }
        // What is left for users who are not root.
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// Gives `path` these bytes as a whole, durably: written and synced beside it as `path.new`, renamed, and the folder
    /// synced. For small files of others than the log.
    ///
    /// - Parameters:
    ///   - path: The file; its folder must be there.
    ///   - bytes: All of it.
    ///   - mode: Its permission bits, less the process's umask.
    /// - Throws: The call that failed. Up to the rename the old file is untouched; when only the last sync of the folder
    ///   failed, the new one is in its place and may be gone after a power cut.
    package static func replaceDurably(
        path: String,
        with bytes: [UInt8],
        mode: UInt32 = 0o640
    ) throws(LogFileError) {
        let files = PosixLogFiles()
        let unfinished = path + LogFileNames.unfinishedSuffix
        // One that a crash has left may have other permission bits.
        _ = Glibc.unlink(unfinished)
        do throws(LogFileError) {
            let descriptor = try PosixDescriptor(opening: unfinished, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            let file = PosixLogFile(descriptor, path: unfinished)
            try file.write(bytes, at: 0)
            try file.syncData()
            try files.rename(unfinished, to: path)
        } catch {
            _ = Glibc.unlink(unfinished)
            throw error
        }
        try files.syncDirectory(LogFileNames.directory(of: path))
    }
}

/// A descriptor that closes itself.
private final class PosixDescriptor: Sendable {
    let number: Int32

    init(opening path: String, _ flags: Int32, mode: UInt32 = 0o640) throws(LogFileError) {
        self.number = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard self.number >= 0 else { throw LogFileError(operation: "open", path: path, errno: errno) }
    }

    deinit { close(self.number) }
}

private final class PosixLogFile: LogFile {
    /// Pieces that one pwritev takes (Linux UIO_MAXIOV).
    private static let piecesMax = 1_024

    private let descriptor: PosixDescriptor
    private let path: String

    init(_ descriptor: PosixDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    func size() throws(LogFileError) -> UInt64 {
        var status = stat()
        guard fstat(self.descriptor.number, &status) == 0 else { throw self.failure("fstat") }
        return UInt64(status.st_size)
    }

    func read(into bytes: UnsafeMutableRawBufferPointer, at position: UInt64) throws(LogFileError) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var filled = 0
        while filled < bytes.count {
            let got = pread(
                self.descriptor.number,
                base + filled,
                bytes.count - filled,
                Int(position) + filled
            )
            if got == 0 { break }
            if got > 0 {
                filled += got
            } else if errno != EINTR {
                throw self.failure("pread")
            }
        }
        return filled
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at position: UInt64) throws(LogFileError) {
        var vectors = pieces.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var first = 0
        var position = Int(position)
        while first < vectors.count {
            let count = min(vectors.count - first, PosixLogFile.piecesMax)
            let written = vectors.withUnsafeBufferPointer { raw in
                pwritev(self.descriptor.number, raw.baseAddress.map { $0 + first }, Int32(count), position)
            }
            guard written >= 0 else {
                if errno == EINTR { continue }
                throw self.failure("pwritev")
            }
            position += written
            // The system may take a part: go on behind it, and learn from the next call why it stopped.
            var left = written
            while first < vectors.count, left >= vectors[first].iov_len {
                left -= vectors[first].iov_len
                first += 1
            }
            if left > 0 {
                vectors[first].iov_base = vectors[first].iov_base.map { $0 + left }
                vectors[first].iov_len -= left
            }
        }
    }

    func syncData() throws(LogFileError) {
        guard fdatasync(self.descriptor.number) == 0 else { throw self.failure("fdatasync") }
    }

    func truncate(to size: UInt64) throws(LogFileError) {
        guard ftruncate(self.descriptor.number, Int(size)) == 0 else { throw self.failure("ftruncate") }
        guard fsync(self.descriptor.number) == 0 else { throw self.failure("fsync") }
    }

    func dropCache() throws(LogFileError) {
        // Returns the error number.
        let code = posix_fadvise(self.descriptor.number, 0, 0, POSIX_FADV_DONTNEED)
        guard code == 0 else { throw LogFileError(operation: "posix_fadvise", path: self.path, errno: code) }
    }

    private func failure(_ operation: String) -> LogFileError {
        LogFileError(operation: operation, path: self.path, errno: errno)
    }
}
