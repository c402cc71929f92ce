/// The name of a device, or of a module on one: `device` or `device/module`, the key of its records.
///
/// Each part has 1 to 128 characters of `A–Z a–z 0–9 - : . + % _ # * ? ! ( ) , = @ ; $ '`, compared with case.
/// Source: IoT Hub identity registry, "Device identity properties".
package struct IdentityID: Hashable, Sendable {
    /// The device's id.
    package let device: String
    /// The module's id; `nil` for the device itself.
    package let module: String?

    /// A checked id; `nil` when a part is empty, too long or holds a forbidden character.
    package init?(device: String, module: String? = nil) {
        guard IdentityID.isValidPart(device) else { return nil }
        if let module, !IdentityID.isValidPart(module) { return nil }
        self.device = device
        self.module = module
    }

    /// Reads `device` or `device/module`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2 else { return nil }
        self.init(device: String(parts[0]), module: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// Whether one part of an id is allowed.
    package static func isValidPart(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { IdentityID.allowed[Int($0)] }
    }

    private static let allowed: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { table[Int(byte)] = true }
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { table[Int(byte)] = true }
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { table[Int(byte)] = true }
        for byte in "-:.+%_#*?!(),=@;$'".utf8 { table[Int(byte)] = true }
        return table
    }()
}

extension IdentityID: CustomStringConvertible {
    package var description: String {
        if let module = self.module { "\(self.device)/\(module)" } else { self.device }
    }
}

extension IdentityID: Comparable {
    package static func < (left: IdentityID, right: IdentityID) -> Bool {
        (left.device, left.module ?? "") < (right.device, right.module ?? "")
    }
}
