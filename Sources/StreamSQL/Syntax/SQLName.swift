/// A name and where it stands; the place does not count when two are compared.
package struct SQLName: Equatable, Sendable {
    package var text: String
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLName, right: SQLName) -> Bool {
        StreamText.areSame(left.text, right.text)
    }
}
