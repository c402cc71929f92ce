import EdgeCore
import Glibc

/// Whether the state folder can be written, and how much room its disk has.
enum DiskCheck {
    private static let check = "disk"

    static func finding(_ configuration: AgentConfiguration) -> CheckFinding {
        let path = configuration.stateFolder ?? AgentConfiguration.stateFolderDefault
        guard access(path, F_OK) == 0 else {
            let number = errno
            guard number == ENOENT else { return .failure(self.check, "\(path): \(LinuxError.text(number))") }
            return configuration.stateFolder == nil
                ? .warning(self.check, "there is no \(path): readings are kept in memory only (spool.directory)")
                : self.parent(of: path)
        }
        guard access(path, W_OK | X_OK) == 0 else {
            return .failure(self.check, "\(path) cannot be written by this user (spool.directory)")
        }
        return self.room(path, configuration)
    }

    /// A folder that `run` would make.
    private static func parent(of path: String) -> CheckFinding {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        return access(parent, W_OK | X_OK) == 0
            ? .pass(self.check, "\(path) is made at the first start")
            : .failure(
                self.check,
                "\(path) is not there and cannot be made in \(parent) by this user (spool.directory)"
            )
    }

    private static func room(_ path: String, _ configuration: AgentConfiguration) -> CheckFinding {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return .failure(self.check, "\(path): \(LinuxError.text(errno))") }
        let free = Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
        let (floor, size) = (configuration.spool.freeDiskMinBytes, configuration.spool.sizeMaxBytes)
        let text = "\(path) has \(free >> 20) MiB free"
        if free < floor {
            return .failure(self.check, "\(text); below \(floor >> 20) MiB nothing is spooled (spool.freeDiskMinBytes)")
        }
        if free < floor + size {
            return .warning(self.check, "\(text): the spool cannot grow to its \(size >> 20) MiB (spool.sizeMaxBytes)")
        }
        return .pass(self.check, text)
    }
}
