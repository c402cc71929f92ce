package import TelemetryModel

/// Why a text is no query: where, what stands there, what was expected, and what to do.
package struct StreamSQLError: Error, Equatable, Sendable {
    /// Where.
    package var position: TextPosition
    /// What stands there: `'tumblingwindw'`, `the end of the query`.
    package var found: String
    /// What should stand there.
    package var expected: String
    /// One sentence that says what to do.
    package var advice: String

    init(position: TextPosition, found: String, expected: String, advice: String) {
        self.position = position
        self.found = found
        self.expected = expected
        self.advice = advice
    }
}

extension StreamSQLError: CustomStringConvertible {
    /// One line: `line 1, column 8: found 'CUONT', expected the name of a function. Write COUNT.`
    package var description: String {
        "line \(self.position.line), column \(self.position.column): found \(self.found), expected \(self.expected). "
            + self.advice
    }
}
