/// Why the API cannot listen.
package struct APIStartError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, what came of it and what to do.
    package var description: String

    init(_ description: String) {
        self.description = description
    }
}
