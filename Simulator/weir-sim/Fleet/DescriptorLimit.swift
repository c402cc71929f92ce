import Glibc

/// The process's limit of open files: one connection is one descriptor.
enum DescriptorLimit {
    /// What the process needs beside its connections: files, event loops, the API.
    private static let reserve = 64

    /// Raises the limit for this many connections, as far as the machine allows.
    static func raise(forConnections count: Int) throws(Failure) {
        var limit = rlimit()
        let needed = rlim_t(count + DescriptorLimit.reserve)
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < needed else {
            return
        }
        guard limit.rlim_max >= needed else {
            throw Failure(
                "\(count) devices need \(needed) open files, but this machine allows a process \(limit.rlim_max): "
                    + "raise the limit with `ulimit -Hn \(needed)` or start fewer devices"
            )
        }
        limit.rlim_cur = needed
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw Failure("the limit of open files cannot be raised to \(needed): \(String(cString: strerror(errno)))")
        }
    }
}
