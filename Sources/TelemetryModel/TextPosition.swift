/// A place in a text as people count: what the errors of the query languages name.
package struct TextPosition: Hashable, Sendable {
    /// The line, from 1.
    package var line: Int
    /// The character in the line, from 1.
    package var column: Int

    /// A place.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of a byte of UTF-8 text; behind the end it is the end.
    package init(of offset: Int, in text: [UInt8]) {
        let before = text[..<min(offset, text.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.line = before.count { $0 == UInt8(ascii: "\n") } + 1
        // Bytes that go on with a character are not counted.
        self.column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    }
}
