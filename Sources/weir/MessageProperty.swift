import ArgumentParser

/// An application property of a message: `name=value`.
struct MessageProperty: Equatable, ExpressibleByArgument {
    var name: String
    var value: String

    /// Names are tokens and values visible ASCII with spaces inside: they travel as fields of HTTP (RFC 9110 §5).
    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        self.name = String(argument[..<equals])
        self.value = String(argument[argument.index(after: equals)...])
        guard !self.name.isEmpty, self.name.utf8.allSatisfy(MessageProperty.isOfToken),
            MessageProperty.isFieldValue(self.value)
        else { return nil }
    }

    /// Whether a text can be the value of a field.
    static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.first != " " && text.last != " "
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
