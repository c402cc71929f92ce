/// Texts in Home Assistant's templates (Jinja).
enum TemplateText {
    /// A text as a literal, quotes around it. What a device calls its channels cannot end it: all but letters, digits, blanks and
    /// `_.-` are escapes of Python's strings, which Jinja reads.
    static func literal(_ text: String) -> String {
        var out = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-", " ": out.unicodeScalars.append(scalar)
            default:
                let hex = String(scalar.value, radix: 16)
                let digits = scalar.value > 0xFFFF ? 8 : 4
                out += (digits == 8 ? "\\U" : "\\u") + String(repeating: "0", count: digits - hex.count) + hex
            }
        }
        return out + "'"
    }
}
