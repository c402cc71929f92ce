/// Why the gateway did not start or had to stop: one sentence that says what to do.
package struct StartError: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String

    /// A reason in one sentence.
    package init(_ description: String) {
        self.description = description
    }
}
