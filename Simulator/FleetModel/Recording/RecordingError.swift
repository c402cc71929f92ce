/// Why a recording cannot be replayed at all.
package enum RecordingError: Error, Equatable, Sendable {
    /// The file has no row.
    case empty
    /// The header cannot be read.
    case header(CSVFault)
    case noTimeColumn(columns: [String])
    case missingColumn(String, columns: [String])
    case repeatedColumn(String)
    /// A column called `ts` would hide the reading's time.
    case timeNameTaken
    /// Nothing is left to publish.
    case noChannel
}

extension RecordingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "the file is empty; it needs a header row and readings"
        case .header(let fault): "the header row cannot be read: \(fault)"
        case .noTimeColumn(let columns):
            "no time column among \(columns.joined(separator: ", ")); name it with --time-column"
        case .missingColumn(let name, let columns): "no column \(name); the file has \(columns.joined(separator: ", "))"
        case .repeatedColumn(let name):
            "the column \(name) is there twice; rename one or leave it out with --skip-column"
        case .timeNameTaken:
            "the column ts is not the time column but would be published under its name; rename it or leave it out "
                + "with --skip-column ts"
        case .noChannel: "no column is left to publish: the others are time, labels or skipped"
        }
    }
}
