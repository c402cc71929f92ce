import EdgeCore
import Glibc

/// Whether the files with secrets can be read by the agent, and by nobody else.
enum PermissionCheck {
    static func findings(_ configuration: AgentConfiguration, file: String) -> [CheckFinding] {
        var findings = [
            ("connection.connectionStringFile", configuration.connection.file),
            ("tls.keyFile", configuration.tls.files.keyFile),
            ("provisioning.groupKeyFile", configuration.provisioning.groupKeyFile),
            ("provisioning.symmetricKeyFile", configuration.provisioning.symmetricKeyFile),
            ("connection.connectionString", configuration.connection.text == nil ? nil : file),
        ].compactMap { key, path in path.flatMap { self.finding(key, $0) } }
        if getuid() == 0 {
            findings.append(
                .warning("permissions", "this is root; the service runs as its own user, for whom access may differ")
            )
        }
        return findings.isEmpty ? [.pass("permissions", "secrets are nobody else's")] : findings
    }

    /// What is wrong with one; `nil` when nothing is, or it is not there, which is another check's business.
    private static func finding(_ key: String, _ path: String) -> CheckFinding? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT ? nil : .failure("permissions", "\(key): \(path): \(LinuxError.text(errno))")
        }
        guard access(path, R_OK) == 0 else {
            return .failure("permissions", "\(key): \(path) cannot be read by this user")
        }
        guard status.st_mode & 0o077 != 0 else { return nil }
        let mode = String(status.st_mode & 0o777, radix: 8)
        // A group of its own is a way to share a secret with one service; everybody never is.
        let isOpen = status.st_mode & 0o007 != 0
        let text =
            "\(key): \(path) has mode \(mode): \(isOpen ? "everybody" : "its group") can read the secret; use 600"
        return isOpen ? .warning("permissions", text) : nil
    }
}
