import Foundation
import KafkaProtocol
import Testing

/// A request and an answer of one version as kafka-python encodes them. Source: Vectors/make-wire.py.
struct WireVector: Decodable, Sendable, CustomTestStringConvertible {
    /// Kafka's name of the request.
    var api: String
    var version: Int16
    /// Hexadecimal, without header.
    var request: String
    /// Hexadecimal, without header.
    var answer: String

    var testDescription: String { "\(self.api) v\(self.version)" }

    /// The number that Kafka's name stands for; ends the run for a name that is none of ours.
    var key: APIKey { WireVector.key(self.api) }

    /// All of `Vectors/wire.json`; ends the run when it cannot be read.
    static let all: [WireVector] = WireVector.read("wire")

    /// The number that Kafka's name stands for; ends the run for a name that is none of ours.
    static func key(_ name: String) -> APIKey {
        let key = APIKey.allCases.first { "\($0)".lowercased() == name.lowercased() }
        guard let key else { preconditionFailure("\(name) is no request of ours") }
        return key
    }

    /// Reads `Vectors/<name>.json`; ends the run when it cannot.
    static func read<Case: Decodable>(_ name: String) -> [Case] {
        guard let url = Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json") else {
            preconditionFailure("Vectors/\(name).json is missing")
        }
        do {
            return try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
        } catch {
            preconditionFailure("Vectors/\(name).json: \(error)")
        }
    }
}
