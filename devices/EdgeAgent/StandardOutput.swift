import Glibc

/// Writes to stdout whole, unbuffered; what nobody reads is lost.
enum StandardOutput {
    static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    static func write(line: String) {
        self.write(Array(line.utf8) + [0x0A])
    }
}
