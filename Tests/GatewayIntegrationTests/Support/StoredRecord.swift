import Foundation
import Testing

/// One line of `weir events read --json`.
struct StoredRecord: Decodable, Sendable {
    var partition: Int
    var offset: Int64
    var enqueuedTime: String
    var deviceId: String?
    var systemProperties: [String: String]
    var applicationProperties: [String: String]
    var bodyBase64: String?
    /// The body as it stands in the line: JSON text, or a JSON string with other text.
    var body = ""

    private enum CodingKeys: CodingKey {
        case partition
        case offset
        case enqueuedTime
        case deviceId
        case systemProperties
        case applicationProperties
        case bodyBase64
    }

    /// Reads a line.
    init(line: Substring) throws {
        self = try JSONDecoder().decode(StoredRecord.self, from: Data(line.utf8))
        guard self.bodyBase64 == nil else { return }
        let mark = try #require(line.range(of: #"},"body":"#), "no body in \(line)")
        self.body = String(line[mark.upperBound...].dropLast())
    }
}
