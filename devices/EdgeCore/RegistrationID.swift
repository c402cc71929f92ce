/// The name under which a device registers with the provisioning service.
///
/// 1 to 128 characters of `A–Z a–z 0–9 - . _ :`, the last a letter or digit. Keys are derived from it as it is written.
/// Source: contract provisioning section 2.
package struct RegistrationID: Equatable, Sendable, CustomStringConvertible {
    /// What a board knows about itself; `nil` for what it does not.
    package struct Facts: Equatable, Sendable {
        package var hostname: String?
        /// A name of the installation that is made of, but does not tell, `/etc/machine-id`.
        package var machineID: String?
        /// The board's serial number, as its firmware says it.
        package var serial: String?

        package init(hostname: String? = nil, machineID: String? = nil, serial: String? = nil) {
            self.hostname = hostname
            self.machineID = machineID
            self.serial = serial
        }
    }

    /// Why a template gives no id.
    package struct Fault: Error, Equatable, Sendable {
        package var message: String
    }

    package static let lengthMax = 128
    /// What a template may hold in braces.
    package static let placeholders = ["hostname", "machineId", "serial"]

    package let description: String

    /// A checked id; `nil` when it is empty, too long, holds a forbidden character or ends with a sign.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard (1...Self.lengthMax).contains(bytes.count), let last = bytes.last, Self.isAlphanumeric(last),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || "-._:".utf8.contains($0) })
        else { return nil }
        self.description = text
    }

    /// An id of a template such as `greenhouse-{serial}`, so that one card image serves many boards.
    ///
    /// - Parameters:
    ///   - template: Text with names of ``placeholders`` in braces.
    ///   - facts: What is put in their places, in lower case; what no id may hold becomes `-`.
    /// - Throws: What the board does not know, or what is wrong with the template.
    package init(template: String, facts: Facts) throws(Fault) {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw Fault(message: "has a { without }")
            }
            text += try Self.value(of: String(rest[rest.index(after: open)..<close]), facts: facts)
            rest = rest[rest.index(after: close)...]
        }
        text += rest
        guard let id = RegistrationID(text) else {
            throw Fault(
                message:
                    "is '\(text.prefix(140))'; expected 1 to \(Self.lengthMax) letters, digits and - . _ :, the last a letter or digit"
            )
        }
        self = id
    }

    private static func value(of name: String, facts: Facts) throws(Fault) -> String {
        let value: String?
        switch name {
        case "hostname": value = facts.hostname
        case "machineId": value = facts.machineID
        case "serial": value = facts.serial
        default:
            throw Fault(
                message: "has {\(name.prefix(40))}; expected one of {\(self.placeholders.joined(separator: "}, {"))}"
            )
        }
        guard let value, !value.isEmpty else { throw Fault(message: "has {\(name)}, which this board does not know") }
        return String(
            decoding: value.lowercased().utf8.map { byte in
                self.isAlphanumeric(byte) || "-._:".utf8.contains(byte) ? byte : UInt8(ascii: "-")
            },
            as: UTF8.self
        )
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
