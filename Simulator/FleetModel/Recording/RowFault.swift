/// Why a row is not published.
package enum RowFault: Equatable, Sendable {
    case csv(CSVFault)
    case fieldCount(found: Int, expected: Int)
    /// The time column's text, cut to 40 characters.
    case time(String)
    /// The telemetry body would have more than ``RecordingReader/bodyBytesMax`` bytes.
    case bodyTooLarge
}

extension RowFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .csv(let fault): "\(fault)"
        case .fieldCount(let found, let expected):
            "\(found) \(found == 1 ? "field" : "fields") where the header has \(expected)"
        case .time(let text): text.isEmpty ? "the time is empty" : "“\(text)” is not a time"
        case .bodyTooLarge: "its telemetry would have more than \(RecordingReader.bodyBytesMax) bytes"
        }
    }
}
