/// Decimal numbers as microcontrollers print them: `21.50`, `-3`, `+4.2e1`. A point only, never a comma.
package enum LineNumber {
    /// Longest text taken as a number, bytes.
    package static let lengthMax = 32

    /// Reads a number, and multiplies it by a power of ten without rounding twice.
    ///
    /// - Returns: `nil` for anything that is not wholly a finite decimal number: empty, `nan`, `12.3.4`, `1,5`.
    package static func parse(_ text: ArraySlice<UInt8>, timesTenTo power: Int = 0) -> Double? {
        guard (1...self.lengthMax).contains(text.count) else { return nil }
        var rest = text
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
        let whole = self.takeDigits(&rest)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = self.takeDigits(&rest)
        }
        guard whole + fraction > 0 else { return nil }
        let mantissa = text[..<rest.startIndex]
        var exponent = 0
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            guard rest.count <= 4, let value = Int(String(decoding: rest.dropFirst(), as: UTF8.self)) else {
                return nil
            }
            exponent = value
            rest = []
        }
        guard rest.isEmpty else { return nil }
        let decimal = String(decoding: mantissa, as: UTF8.self)
        guard let value = Double(exponent + power == 0 ? decimal : "\(decimal)e\(exponent + power)"), value.isFinite
        else { return nil }
        return value
    }

    /// Whether a number can have that character.
    package static func canContain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }

    /// The numeric part at the begin of a text such as `98.4%RH`, and what follows.
    package static func split(_ text: ArraySlice<UInt8>) -> (number: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
        let end = text.firstIndex { !(0x30...0x39).contains($0) && !"+-.".utf8.contains($0) }
        return (text[..<(end ?? text.endIndex)], text[(end ?? text.endIndex)...])
    }

    private static func takeDigits(_ text: inout ArraySlice<UInt8>) -> Int {
        let before = text.count
        while let byte = text.first, (0x30...0x39).contains(byte) { text.removeFirst() }
        return before - text.count
    }
}
