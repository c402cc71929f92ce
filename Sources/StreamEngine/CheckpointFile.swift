internal import Glibc

/// The file that holds a stream's latest checkpoint: `<folder>/<stream>.checkpoint`.
///
/// Replaced as a whole: the new one is written and synced beside it, then renamed over it and the folder synced, so that a crash
/// leaves the old or the new one.
struct CheckpointFile {
    let path: String
    private let directory: String

    /// The file of a stream in a folder, which is made when missing; its parent must exist.
    init(directory: String, stream: String) throws(StreamError) {
        self.directory = directory
        self.path = "\(directory)/\(stream).checkpoint"
        guard mkdir(directory, 0o755) == 0 || errno == EEXIST else {
            throw .file(operation: "make the folder", path: directory, errno: errno)
        }
    }

    /// The bytes; `nil` when there is no file.
    func read() throws(StreamError) -> [UInt8]? {
        let file = open(self.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .file(operation: "open", path: self.path, errno: errno)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .file(operation: "read", path: self.path, errno: errno) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Replaces the file's bytes; returns when they are safe on the disk.
    func replace(with bytes: [UInt8]) throws(StreamError) {
        let temporary = "\(self.path).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .file(operation: "make", path: temporary, errno: errno) }
        do throws(StreamError) {
            try CheckpointFile.write(bytes, to: file, path: temporary)
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        guard close(file) == 0, rename(temporary, self.path) == 0 else {
            throw .file(operation: "rename", path: temporary, errno: errno)
        }
        try self.syncDirectory()
    }

    /// Moves a file that cannot be used out of the way, for someone to look at.
    func setAside() throws(StreamError) {
        guard rename(self.path, "\(self.path).unusable") == 0 else {
            throw .file(operation: "rename", path: self.path, errno: errno)
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(StreamError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.write(file, raw.baseAddress.map { $0 + written }, raw.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .file(operation: "write", path: path, errno: errno) }
            written += count
        }
        guard fsync(file) == 0 else { throw .file(operation: "sync", path: path, errno: errno) }
    }

    private func syncDirectory() throws(StreamError) {
        let folder = open(self.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .file(operation: "open", path: self.directory, errno: errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .file(operation: "sync", path: self.directory, errno: errno) }
    }
}
