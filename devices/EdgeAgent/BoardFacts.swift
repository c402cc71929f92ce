package import EdgeCore
import Glibc

/// What this board knows about itself, for its registration id.
package enum BoardFacts {
    private static let machineFile = "/etc/machine-id"
    private static let serialFiles = [
        "/proc/device-tree/serial-number", "/sys/class/dmi/id/product_serial", "/sys/class/dmi/id/board_serial",
    ]
    private static let lengthMax = 128

    package static func read() -> RegistrationID.Facts {
        var names = utsname()
        let hasName = uname(&names) == 0
        let name = withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return RegistrationID.Facts(
            hostname: hasName ? name : nil,
            machineID: self.line(of: self.machineFile).flatMap { self.applicationID(of: $0) },
            serial: self.serialFiles.lazy.compactMap { self.line(of: $0) }.first
        )
    }

    /// machine-id(5) asks not to show the id itself: 16 hexadecimal digits that only this application makes of it.
    package static func applicationID(of machineID: String) -> String? {
        guard machineID.utf8.count == 32 else { return nil }
        return TokenSigner(key: Array(machineID.utf8)).digest(of: "weir-agent").prefix(8)
            .map { byte in
                let text = String(byte, radix: 16)
                return byte < 16 ? "0\(text)" : text
            }
            .joined()
    }

    private static func line(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.lengthMax)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        // The device tree ends its texts with a zero.
        let text = bytes.prefix(max(count, 0)).prefix { $0 > 0x20 && $0 < 0x7F }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }
}
