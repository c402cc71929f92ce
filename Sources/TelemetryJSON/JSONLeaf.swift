/// One scalar of a JSON text: where its path and its text lie in the memory of the ``JSONLeafScanner`` and of the payload.
package struct JSONLeaf: Equatable, Sendable {
    /// What the scalar is.
    package enum Kind: Equatable, Sendable {
        case number
        case string
        case boolean
        case null
    }

    /// What the scalar is.
    package var kind: Kind
    /// The path in ``JSONLeafScanner/paths``: the names from the top, joined by dots; an array's elements count from 0.
    package var path: Range<Int>
    /// Where the path's last name begins in ``JSONLeafScanner/paths``.
    package var lastName: Int
    /// The text in the payload as it was written; of a string, what stands between its quotes.
    package var text: Range<Int>
    /// Whether the text is a string with escapes.
    package var hasEscapes: Bool
}
