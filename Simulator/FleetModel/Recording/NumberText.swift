/// A CSV field read as a number.
package enum NumberText {
    /// The field as JSON number text: its own bytes where JSON allows them (`2.700` stays `2.700`), the same number
    /// rewritten where it does not (`+5`, `.5`, `5.`, `007`), and `nil` for anything else (empty, `nan`, `inf`, text).
    ///
    /// - Parameter field: may have spaces and tabs around it.
    /// - Returns: the number's text.
    package static func json(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let text = NumberText.trimmed(field)
        guard let parts = Parts(text) else { return nil }
        if parts.isJSON { return text }
        var out = [UInt8]()
        if parts.isNegative { out.append(UInt8(ascii: "-")) }
        let digits = parts.integer.drop { $0 == 0x30 }
        out.append(contentsOf: digits.isEmpty ? [0x30] : digits)
        if !parts.fraction.isEmpty {
            out.append(UInt8(ascii: "."))
            out.append(contentsOf: parts.fraction)
        }
        out.append(contentsOf: parts.exponent)
        return out[...]
    }

    /// A field without the spaces and tabs around it.
    static func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = field
        while let first = text.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
        while let last = text.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        return text
    }

    /// `[sign] digits [. digits] [e [sign] digits]`, with digits on at least one side of the point.
    private struct Parts {
        var isNegative = false
        var integer: ArraySlice<UInt8>
        var fraction: ArraySlice<UInt8>
        /// From `e` on; may be empty.
        var exponent: ArraySlice<UInt8>
        /// Whether the text is a JSON number as it stands (RFC 8259 §6).
        var isJSON = true

        init?(_ text: ArraySlice<UInt8>) {
            var rest = text
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                self.isNegative = sign == UInt8(ascii: "-")
                self.isJSON = self.isNegative
                rest = rest.dropFirst()
            }
            self.integer = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest[self.integer.endIndex...]
            self.fraction = rest.prefix(0)
            if rest.first == UInt8(ascii: ".") {
                self.fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
                rest = rest[self.fraction.endIndex...]
                if self.fraction.isEmpty { self.isJSON = false }
            }
            guard !self.integer.isEmpty || !self.fraction.isEmpty else { return nil }
            if self.integer.isEmpty || (self.integer.count > 1 && self.integer.first == 0x30) { self.isJSON = false }
            self.exponent = rest
            guard let mark = rest.first else { return }
            guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return nil }
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        }
    }
}
