/// Why a path means nothing where it stands.
package struct QueryOperandFault: Error, Equatable, Sendable {
    /// What may stand there: `$body, $twin or a system property`.
    package var expected: String
    /// One sentence that says what to do.
    package var advice: String

    /// A fault of a path, of which the parser knows the place.
    package init(expected: String, advice: String) {
        self.expected = expected
        self.advice = advice
    }
}
