import FoundationEssentials
import Gateway
import IngestRules
import NIOCore
import TelemetryModel
import Testing

/// One file of `Tests/IngestRulesTests/Vectors`.
private struct VectorFile: Decodable {
    var arrival: String
    var vectors: [IngestVector]
}

/// A message and what it must become by the rules of `config/ingest.yaml`.
struct IngestVector: Decodable, CustomTestStringConvertible {
    struct Record: Decodable {
        var device: String
        var value: String
        /// Headers it must have, among others.
        var properties: [String: String]?
    }

    var name: String
    var topic: String
    var payload: String
    var retained: Bool?
    var rule: String?
    var records: [Record]
    var deadLetter: String?

    var testDescription: String { self.name }
}

@Suite("config/ingest.yaml: real messages of real systems")
struct IngestVectorTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func vectors(_ name: String) throws -> [IngestVector] {
        let url = self.root.appending(path: "Tests/IngestRulesTests/Vectors/\(name).json")
        let file = try JSONDecoder().decode(VectorFile.self, from: Data(contentsOf: url))
        #expect(file.arrival == "2026-11-21T12:00:00.000Z")
        return file.vectors
    }

    static func rules() throws -> IngestRules {
        let text = try String(contentsOf: self.root.appending(path: "config/ingest.yaml"), encoding: .utf8)
        return try IngestFile.rules(yaml: text, path: "config/ingest.yaml")
    }

    @Test(
        "every message becomes the records of its vector, or its dead letter",
        arguments: ["tasmota", "zigbee2mqtt", "esphome"]
    )
    func system(name: String) throws {
        let rules = try Self.rules()
        let arrival = try #require(Timestamp(iso8601: "2026-11-21T12:00:00.000Z"))
        let vectors = try Self.vectors(name)
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let comment = Comment(rawValue: "\(name): \(vector.name)")
            let binding = rules.resolve(topic: vector.topic.utf8)
            if let rule = vector.rule { #expect(binding?.rule.name == rule, comment) }
            guard let binding else {
                #expect(vector.records.isEmpty && vector.deadLetter == nil, comment)
                continue
            }
            let outcome = binding.decode(
                ByteBuffer(string: vector.payload),
                isRetained: vector.retained ?? false,
                arrivedAt: arrival
            )
            #expect(outcome.deadLetter == vector.deadLetter, comment)
            #expect(outcome.records.map(\.device.description) == vector.records.map(\.device), comment)
            #expect(
                outcome.records.map { String(decoding: $0.value, as: UTF8.self) } == vector.records.map(\.value),
                comment
            )
            for (record, expected) in zip(outcome.records, vector.records) {
                for (name, value) in expected.properties ?? [:] {
                    #expect(record.properties.contains(IngestProperty(name: name, value: value)), comment)
                }
            }
        }
    }

    @Test("the examples are off and their rules are checked all the same")
    func examples() throws {
        let names = try Self.rules().rules.map(\.name)
        #expect(names.contains("tasmota-sensor") && names.contains("sparkplug"))
        #expect(!names.contains { $0.hasPrefix("example-") })
    }
}
