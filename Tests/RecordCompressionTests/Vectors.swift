import Foundation
import Testing

/// What the real tools made: `Vectors/make_vectors.py`.
struct Vectors: Decodable, Sendable {
    struct Stream: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var codec: Int
        /// How often the text comes out.
        var repeats: Int
        var hex: String

        var testDescription: String { self.name }
    }

    struct Batch: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var codec: Int
        var hex: String

        var testDescription: String { self.name }
    }

    /// What every stream was made of.
    var text: String
    var streams: [Stream]
    /// Batches of kafka-python: 50 records.
    var batches: [Batch]

    static let all: Vectors = {
        let url = Bundle.module.url(forResource: "Vectors/vectors", withExtension: "json")
        guard let url, let data = try? Data(contentsOf: url),
            let vectors = try? JSONDecoder().decode(Vectors.self, from: data)
        else { preconditionFailure("Vectors/vectors.json is missing or damaged") }
        return vectors
    }()

    /// The bytes of hexadecimal digits.
    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
