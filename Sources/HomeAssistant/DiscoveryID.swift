/// Any text as an id that Home Assistant takes in a discovery topic: letters, digits, `_` and `-`.
///
/// Every other byte is `_x` and two upper-case hex digits: `dev.1` is `dev_x2E1`. A `_` that would begin such an escape is
/// escaped itself, so that no two texts have the same id and each can be read back.
/// Source: Home Assistant, MQTT integration, "Discovery topic".
package enum DiscoveryID {
    private static let hex = Array("0123456789ABCDEF".utf8)
    private static let mark = UInt8(ascii: "_")

    /// The id of a text; at most four times as long.
    package static func encode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            let isPlain = byte == self.mark ? self.escaped(in: bytes, at: index) == nil : self.isPlain(byte)
            if isPlain {
                out.append(byte)
            } else {
                out += [self.mark, UInt8(ascii: "x"), self.hex[Int(byte >> 4)], self.hex[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The text of an id; `nil` when it is the id of none.
    package static func decode(_ id: some StringProtocol) -> String? {
        let bytes = Array(id.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let byte = self.escaped(in: bytes, at: index) {
                out.append(byte)
                index += 4
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        guard let text = String(validating: out, as: UTF8.self), self.encode(text) == String(id) else { return nil }
        return text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The byte of an escape that begins here.
    private static func escaped(in bytes: [UInt8], at index: Int) -> UInt8? {
        guard index + 3 < bytes.count, bytes[index] == self.mark, bytes[index + 1] == UInt8(ascii: "x"),
            let high = self.hex.firstIndex(of: bytes[index + 2]), let low = self.hex.firstIndex(of: bytes[index + 3])
        else { return nil }
        return UInt8(high << 4 | low)
    }
}
