/// What is wrong with one row of a CSV file. The reader goes on with the next line.
package enum CSVFault: Error, Equatable, Sendable {
    /// A quoted field does not end before the file or the row limit does.
    case unterminatedQuote
    /// Something other than a comma follows a closing quote.
    case textAfterQuote
    /// The row has more than ``CSVReader/rowBytesMax`` bytes.
    case rowTooLong
}

extension CSVFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unterminatedQuote: "a quoted field has no closing quote"
        case .textAfterQuote: "there is text between a closing quote and the next comma"
        case .rowTooLong: "the row is longer than \(CSVReader.rowBytesMax) bytes"
        }
    }
}
