internal import EventLog
internal import Glibc

/// The file that holds a stream's latest checkpoint: `<folder>/<stream>.checkpoint`.
///
/// Replaced as a whole, so that a crash leaves the old or the new one.
struct CheckpointFile {
    let path: String

    /// The file of a stream in a folder, which is made when missing; its parent must exist.
    init(directory: String, stream: String) throws(StreamError) {
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
        do throws(LogFileError) {
            try PosixLogFiles.replaceDurably(path: self.path, with: bytes)
        } catch {
            throw .file(operation: error.operation, path: error.path, errno: error.errno)
        }
    }

    /// Moves a file that cannot be used out of the way, for someone to look at.
    func setAside() throws(StreamError) {
        guard rename(self.path, "\(self.path).unusable") == 0 else {
            throw .file(operation: "rename", path: self.path, errno: errno)
        }
    }
}
