/// What a ``JSONPathScanner`` found at one of its paths.
package enum JSONPathMatch: Equatable, Sendable {
    /// The path does not exist.
    case missing
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// A string: what stands between its quotes, as bytes of the text.
    case string(Range<Int>, hasEscapes: Bool)
    /// An object or an array: its bytes in the text, brackets included.
    case compound(Range<Int>)
}
