package import EdgeCore
import Glibc

/// systemd, or whatever else started the agent and wants to hear from it: datagrams to the socket in `NOTIFY_SOCKET`.
///
/// Without the library, which brings half of systemd with it. Nothing here blocks or fails loudly: who does not listen
/// does not want to know.
/// Source: sd_notify(3), sd_watchdog_enabled(3).
package struct Supervisor: Sendable {
    private let socketName: [UInt8]
    /// `nil`: nobody watches.
    package let watchdog: Watchdog?

    /// - Parameter variable: Value of an environment variable.
    package init(variable: (String) -> String?) {
        self.socketName = Array((variable("NOTIFY_SOCKET") ?? "").utf8)
        let isOurs = variable("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        let microseconds = variable("WATCHDOG_USEC").flatMap { Int64($0) }
        if isOurs, let microseconds, (1_000...Int64.max / 1_000).contains(microseconds) {
            self.watchdog = Watchdog(interval: .microseconds(microseconds))
        } else {
            self.watchdog = nil
        }
    }

    /// Sends lines such as `READY=1`.
    package func tell(_ text: String) {
        // A path, or the name of an abstract socket, whose first byte is 0 and written as @.
        guard let first = self.socketName.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else {
            return
        }
        var address = sockaddr_un()
        guard self.socketName.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: self.socketName)
            if first == UInt8(ascii: "@") { path[0] = 0 }
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + self.socketName.count)
        let bytes = Array(text.utf8)
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, bytes, bytes.count, flags, address, length)
            }
        }
    }
}
