/// A text of the hub contract (user name, token, connection string, property bag) that cannot be read.
package struct HubSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was found and what was expected, one sentence without secrets.
    package var description: String

    /// A fault described by one sentence.
    package init(_ description: String) {
        self.description = description
    }
}
