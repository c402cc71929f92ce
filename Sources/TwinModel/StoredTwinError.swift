/// What was read from the gateway's own files or records is not what it writes there.
package struct StoredTwinError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was found.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
