import Foundation
import Testing

/// One entry of `Programs/cases.json`: a statement of the specification that `Programs/mqtt_cases.py` tries.
struct MQTTCase: Decodable, Sendable, CustomTestStringConvertible {
    var `case`: String
    /// Of MQTT: `3.1.1` and `5`.
    var versions: [String]
    var statement: String

    var testDescription: String { "\(self.case): \(self.statement)" }

    /// All cases, in the file's order.
    static func all() throws -> [MQTTCase] {
        let file = URL(filePath: try ClientProgram.path("cases.json"))
        return try JSONDecoder().decode([MQTTCase].self, from: Data(contentsOf: file))
    }
}
