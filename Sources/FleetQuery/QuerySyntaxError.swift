internal import TelemetryModel

/// Why a text is no query: where, what stands there, what was expected, and what to do.
package struct QuerySyntaxError: Error, Equatable, Sendable {
    /// The line, from 1.
    package var line: Int
    /// The character in the line, from 1.
    package var column: Int
    /// What stands there: `'devicess'`, `the end of the query`.
    package var found: String
    /// What should stand there, without article at the end: `a collection: devices, devices.modules or devices.jobs`.
    package var expected: String
    /// One sentence that says what to do.
    package var advice: String

    init(line: Int, column: Int, found: String, expected: String, advice: String) {
        self.line = line
        self.column = column
        self.found = found
        self.expected = expected
        self.advice = advice
    }

    /// A fault at a byte of the text.
    init(in text: [UInt8], at offset: Int, found: String, expected: String, advice: String) {
        let position = TextPosition(of: offset, in: text)
        self.init(
            line: position.line,
            column: position.column,
            found: found,
            expected: expected,
            advice: advice
        )
    }
}

extension QuerySyntaxError: CustomStringConvertible {
    /// One line: `line 1, column 15: found 'devicess', expected a collection: … Write devices.`
    package var description: String {
        "line \(self.line), column \(self.column): found \(self.found), expected \(self.expected). \(self.advice)"
    }
}
