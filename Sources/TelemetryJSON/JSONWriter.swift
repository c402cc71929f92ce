/// Writes compact JSON (RFC 8259) into a byte array; commas and escapes are its business.
///
/// The caller keeps the order: in an object every value follows its ``key(_:)``, and every begin has its end.
/// Debug builds assert it. Several values may follow each other at the top level if ``endLine()`` parts them.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package var bytes: [UInt8] = []
    private var needsComma = false
    private var depth = 0

    /// A writer with room for `capacity` bytes before its array grows.
    package init(capacity: Int = 0) {
        self.bytes.reserveCapacity(capacity)
    }

    /// Forgets what was written and keeps the memory.
    package mutating func removeAll() {
        self.bytes.removeAll(keepingCapacity: true)
        self.needsComma = false
        self.depth = 0
    }

    /// Ends a JSON line: one line feed after a whole value.
    package mutating func endLine() {
        assert(self.depth == 0, "a JSON line ends inside an object or an array")
        self.bytes.append(UInt8(ascii: "\n"))
        self.needsComma = false
    }

    // MARK: Structure

    package mutating func beginObject() { self.begin(UInt8(ascii: "{")) }

    package mutating func endObject() { self.end(UInt8(ascii: "}")) }

    package mutating func beginArray() { self.begin(UInt8(ascii: "[")) }

    package mutating func endArray() { self.end(UInt8(ascii: "]")) }

    /// Writes a member's name; its value follows.
    package mutating func key(_ name: String) {
        self.string(name)
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
    }

    // MARK: Values

    package mutating func string(_ text: String) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { self.appendEscaped($0) }
        self.bytes.append(UInt8(ascii: "\""))
    }

    /// Writes bytes as a string; bytes that are not UTF-8 become U+FFFD.
    package mutating func string(utf8: some Collection<UInt8>) {
        self.string(String(decoding: utf8, as: UTF8.self))
    }

    /// Writes the shortest decimal that reads back as the same `Double` (`21.42`, `21.0`, `1e-07`); NaN and infinities,
    /// which JSON cannot write, become `null`.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return self.null() }
        self.separate()
        self.bytes.append(contentsOf: value.description.utf8)
    }

    package mutating func number(_ value: Int64) {
        self.separate()
        self.appendDecimal(value)
    }

    package mutating func number(_ value: Int) {
        self.number(Int64(value))
    }

    /// Writes a number exactly as its source wrote it (`2.700` stays `2.700`); `null` when the text is no JSON number.
    ///
    /// - Parameter text: The number's ASCII text.
    /// - Returns: Whether the text was a JSON number.
    @discardableResult
    package mutating func number(verbatim text: some Collection<UInt8>) -> Bool {
        let copied = Array(text)
        guard JSONScanner.isNumber(copied) else {
            self.null()
            return false
        }
        self.separate()
        self.bytes.append(contentsOf: copied)
        return true
    }

    /// Writes a number exactly as its source wrote it; see ``number(verbatim:)-(Collection<UInt8>)``.
    ///
    /// - Parameter text: The number's text.
    /// - Returns: Whether the text was a JSON number.
    @discardableResult
    package mutating func number(verbatim text: String) -> Bool {
        self.number(verbatim: text.utf8)
    }

    package mutating func bool(_ value: Bool) {
        self.separate()
        self.bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    package mutating func null() {
        self.separate()
        self.bytes.append(contentsOf: "null".utf8)
    }

    /// Writes bytes that already are one JSON value, unchecked.
    package mutating func raw(_ json: some Collection<UInt8>) {
        self.separate()
        self.bytes.append(contentsOf: json)
    }

    // MARK: Private

    private mutating func separate() {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
        self.needsComma = true
    }

    private mutating func begin(_ bracket: UInt8) {
        self.separate()
        self.bytes.append(bracket)
        self.needsComma = false
        self.depth += 1
    }

    private mutating func end(_ bracket: UInt8) {
        assert(self.depth > 0, "an end without its begin")
        self.bytes.append(bracket)
        self.needsComma = true
        self.depth -= 1
    }

    private mutating func appendDecimal(_ value: Int64) {
        var magnitude = value.magnitude
        if value < 0 { self.bytes.append(UInt8(ascii: "-")) }
        let start = self.bytes.count
        repeat {
            self.bytes.append(UInt8(0x30 + magnitude % 10))
            magnitude /= 10
        } while magnitude > 0
        self.bytes[start...].reverse()
    }

    /// Appends UTF-8 with `"`, `\` and control characters escaped (RFC 8259 §7).
    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var runStart = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            self.bytes.append(contentsOf: text[runStart..<index])
            runStart = index + 1
            self.bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: self.bytes.append(UInt8(ascii: "b"))
            case 0x09: self.bytes.append(UInt8(ascii: "t"))
            case 0x0A: self.bytes.append(UInt8(ascii: "n"))
            case 0x0C: self.bytes.append(UInt8(ascii: "f"))
            case 0x0D: self.bytes.append(UInt8(ascii: "r"))
            case 0x00..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                self.bytes.append(contentsOf: "u00".utf8)
                self.bytes.append(digits[Int(byte >> 4)])
                self.bytes.append(digits[Int(byte & 15)])
            default: self.bytes.append(byte)
            }
        }
        self.bytes.append(contentsOf: text[runStart...])
    }
}
