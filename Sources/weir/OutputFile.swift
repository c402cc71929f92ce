import Glibc

/// A new file, whole and on the disk when it is finished, else not there. Blocks.
struct OutputFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Makes a file that must not be there.
    init(path: String, mode: mode_t) throws(CommandFailure) {
        self.path = path
        self.descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard self.descriptor >= 0 else { throw OutputFile.failure(path, "made") }
    }

    deinit { close(self.descriptor) }

    /// Writes bytes behind those written before.
    func write(_ bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(self.descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw OutputFile.failure(self.path, "written")
            }
        }
    }

    /// Makes what was written durable.
    func sync() throws(CommandFailure) {
        guard fsync(self.descriptor) == 0 else { throw OutputFile.failure(self.path, "synced") }
    }

    /// Makes names in a folder durable.
    static func syncFolder(_ path: String) throws(CommandFailure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutputFile.failure(path, "opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw OutputFile.failure(path, "synced") }
    }

    /// The folder that a path lies in.
    static func folder(of path: String) -> String {
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    static func failure(_ path: String, _ what: String) -> CommandFailure {
        let code = errno
        let advice = code == ENOSPC || code == EDQUOT ? ": free space and try again" : ""
        return CommandFailure("\(path) cannot be \(what): \(String(cString: strerror(code)))\(advice)")
    }
}
