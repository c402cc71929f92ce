import EventLog
import FoundationEssentials
import GatewayAPI
package import Glibc

/// The gateway's folder, held by one process at a time.
///
/// ```
/// DIR/
///   lock               flock'ed while a gateway runs
///   endpoints.json     the addresses of the running gateway, for `weir`
///   credentials.json   the policies' keys, mode 0600
///   registry.sqlite    identities, sessions, the certificates that were issued
///   tls/               the CA and the server's certificate: see `AuthorityFiles`
///   log/TOPIC/…        the event log
///   streams/           checkpoints of the streams
/// ```
package final class DataFolder: Sendable {
    /// The folder, as the operator gave it.
    package let path: String
    private let lock: Int32

    /// Makes the folder when it is missing, checks that it can be written, and takes its lock.
    ///
    /// - Parameter path: the folder; its parent must exist or be makeable.
    /// - Throws: `StartError` naming the folder.
    package init(path: String) throws(StartError) {
        self.path = path
        let isNew = !FileManager.default.fileExists(atPath: path)
        do {
            for folder in [path, "\(path)/tls", "\(path)/log", "\(path)/streams"] {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            }
        } catch {
            throw DataFolder.error(path, "cannot be made", errno: errno)
        }
        if isNew { try DataFolder.syncParent(of: path) }
        let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DataFolder.error(path, "cannot be written", errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(descriptor)
            throw StartError(
                "another gateway runs on the data folder \(path); stop it, or give this one its own folder with --data"
            )
        }
        self.lock = descriptor
        try self.removeRegistryCopies()
    }

    deinit {
        Glibc.close(self.lock)
    }

    /// A file or folder inside.
    package func file(_ name: String) -> String {
        "\(self.path)/\(name)"
    }

    /// Reads a file whole; `nil` when it is not there.
    package func read(_ name: String) throws(StartError) -> [UInt8]? {
        let path = self.file(name)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StartError("\(path) cannot be read: \(DataFolder.reason(errno)); check its owner and mode")
        }
        return Array(data)
    }

    /// Replaces a file as a whole: written beside it, synced, renamed, and the folder synced.
    ///
    /// - Parameters:
    ///   - name: the file inside the folder.
    ///   - content: all of it.
    ///   - mode: its permission bits.
    /// - Throws: `StartError`; the old file is then still there whole.
    package func replace(_ name: String, with content: some Collection<UInt8>, mode: mode_t = 0o600) throws(StartError)
    {
        do throws(LogFileError) {
            try PosixLogFiles.replaceDurably(path: self.file(name), with: Array(content), mode: mode)
        } catch {
            throw DataFolder.error(error.path, "cannot be written", errno: error.errno)
        }
    }

    /// Removes a file; it may be missing.
    package func remove(_ name: String) {
        unlink(self.file(name))
    }

    /// Removes what a backup left that a `kill -9` ended: it holds keys, and nobody would look for it.
    private func removeRegistryCopies() throws(StartError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: self.path)
        } catch {
            throw DataFolder.error(self.path, "cannot be read", errno: errno)
        }
        for name in names where RegistryCopyName.isOne(name) { self.remove(name) }
    }

    /// Makes the folder's own name outlive a power cut; nothing else would, in a new one.
    private static func syncParent(of path: String) throws(StartError) {
        let trimmed = path.hasSuffix("/") ? path.dropLast() : path[...]
        let parent = trimmed.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        do throws(LogFileError) {
            try PosixLogFiles().syncDirectory(parent)
        } catch {
            throw DataFolder.error(parent, "cannot be synced", errno: error.errno)
        }
    }

    private static func reason(_ code: Int32) -> String {
        String(cString: strerror(code))
    }

    private static func error(_ path: String, _ what: String, errno code: Int32) -> StartError {
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "the disk is full; free space and start again, nothing acknowledged is lost"
            case EACCES, EPERM, EROFS: "check its owner and mode, or choose another folder with --data"
            default: "choose another folder with --data"
            }
        return StartError("the data folder's \(path) \(what): \(DataFolder.reason(code)); \(advice)")
    }
}
