import FoundationEssentials
import IngestRules
import NIOCore
import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing

@Suite("no payload crashes the rules, and what they make is telemetry")
struct IngestFuzzTests {
    private static let rounds = 4_000

    /// What every outcome must be, whatever the bytes were.
    private func check(_ outcome: IngestOutcome, _ comment: Comment) {
        var scanner = TelemetryScanner()
        for record in outcome.records {
            #expect(JSONValidator.isValid(record.value), comment)
            #expect(throws: Never.self, comment) {
                try record.value.withUnsafeBufferPointer { try scanner.scan($0) }
            }
            let timesRead = scanner.readings.allSatisfy { $0.timestamp != nil }
            #expect(!scanner.readings.isEmpty && timesRead, comment)
        }
        #expect(outcome.records.reduce(0) { $0 + $1.value.count } <= IngestLimits.outputBytesMax, comment)
    }

    @Test("mutated JSON, and JSON cut at every byte")
    func json() throws {
        let seeds = [
            #"{"Time":"2019-01-01T00:00:00","AM2301":{"Temperature":24.6,"Humidity":58.2},"TempUnit":"F"}"#,
            #"[{"a":[1,{"b":"\u00fc\ud83d\ude00"}],"c":null},{"d":-1.5e-7,"e":true,"f":""}]"#,
        ].map { Array($0.utf8) }
        let rules = try [IngestFormat.json, .auto, .number, .text].map { format in
            try SampleRules.rule("t", device: format == .json ? "{payload:c}{payload:Time}" : "d", format: format) {
                rule in
                rule.time = TimeRule(path: "Time", format: .auto)
                rule.convert = [
                    ConversionRule(
                        of: [.init("Temperature"), .init("value")],
                        conversion: try #require(UnitConversion.units["fahrenheit"]),
                        condition: .init(path: "TempUnit", text: "F")
                    )
                ]
            }
        }
        for seed in seeds {
            for length in 0...seed.count {
                for rule in rules { self.check(try decode(Array(seed.prefix(length)), by: rule), "cut at \(length)") }
            }
        }
        var random = SeededGenerator.announced()
        for round in 0..<Self.rounds {
            let bytes = Self.mutated(seeds[Int.random(in: 0..<seeds.count, using: &random)], using: &random)
            for rule in rules { self.check(try decode(bytes, by: rule), "round \(round)") }
        }
    }

    private struct Scenarios: Decodable {
        struct Scenario: Decodable {
            struct Step: Decodable {
                var topic: String
                var payload: String
            }

            var steps: [Step]
        }

        var scenarios: [Scenario]
    }

    @Test("mutated Sparkplug messages in any order, and messages cut at every byte")
    func sparkplug() throws {
        let rules = IngestRules([try SampleRules.sparkplug()])
        let steps = try Vectors.decode(Scenarios.self, "sparkplug").scenarios.flatMap(\.steps).map { step in
            (topic: step.topic, bytes: try #require(Vectors.bytes(hexadecimal: step.payload)))
        }
        var state = SparkplugState()
        func send(_ topic: String, _ bytes: [UInt8], _ comment: Comment) throws {
            let binding = try #require(rules.resolve(topic: topic.utf8))
            let buffer = ByteBuffer(bytes: bytes)
            self.check(binding.decode(buffer, isRetained: false, arrivedAt: arrival, state: &state), comment)
        }
        for step in steps {
            for length in 0...step.bytes.count {
                try send(step.topic, Array(step.bytes.prefix(length)), "\(step.topic) cut at \(length)")
            }
        }
        var random = SeededGenerator.announced()
        for round in 0..<Self.rounds {
            let step = steps[Int.random(in: 0..<steps.count, using: &random)]
            let topic =
                Bool.random(using: &random) ? step.topic : steps[Int.random(in: 0..<steps.count, using: &random)].topic
            try send(topic, Self.mutated(step.bytes, using: &random), "round \(round)")
        }
        #expect(state.metricCount <= state.limits.metricsMax)
    }

    /// A few bytes flipped, removed, doubled or put in.
    private static func mutated(_ seed: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2 where !bytes.isEmpty: bytes.remove(at: place)
            case 3 where !bytes.isEmpty:
                let end = Int.random(in: place..<bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[place...end], at: place)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
        }
        return bytes
    }
}
