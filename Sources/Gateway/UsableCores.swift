import FoundationEssentials
import NIOCore

/// Cores that this process may run on: a gateway that is tied to fewer than there are gains nothing from more event loops.
///
/// NIO's count knows the machine and a container's quota, not what `taskset` or systemd's `CPUAffinity` leave.
enum UsableCores {
    /// At least 1.
    static var count: Int {
        guard let status = try? Data(contentsOf: URL(filePath: "/proc/self/status")),
            let mask = UsableCores.allowed(in: String(decoding: status, as: UTF8.self))
        else { return System.coreCount }
        return max(1, min(System.coreCount, mask))
    }

    /// The bits of `Cpus_allowed` in the text of `/proc/self/status`; `nil` without it. Source: proc_pid_status(5).
    static func allowed(in status: String) -> Int? {
        let title = "Cpus_allowed:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(title) }) else { return nil }
        let digits = line.dropFirst(title.count).filter { $0.isHexDigit }
        let bits = digits.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
        return bits > 0 ? bits : nil
    }
}
