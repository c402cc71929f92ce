import FoundationEssentials
import IngestRules
import NIOCore
import TelemetryModel
import Testing

private struct ScenarioFile: Decodable {
    struct Scenario: Decodable {
        var name: String
        var steps: [Step]
    }

    struct Step: Decodable {
        var topic: String
        var at: String
        /// Hexadecimal.
        var payload: String
        var records: [Record]
        var deadLetter: String?
        /// The topic of the command that asks for a birth.
        var rebirth: String?
        var leftOut: Int?
        var gap: Int?
    }

    struct Record: Decodable {
        var device: String
        var value: String
        /// Headers it must have beside those of every record.
        var properties: [String: String]?
    }

    var scenarios: [Scenario]
}

@Suite("Sparkplug B 3.0: messages of a node and its devices in order")
struct SparkplugVectorTests {
    @Test("every message of every scenario becomes what its step says")
    func scenarios() throws {
        let file = try Vectors.decode(ScenarioFile.self, "sparkplug")
        #expect(!file.scenarios.isEmpty)
        let rules = IngestRules([try SampleRules.sparkplug()])
        for scenario in file.scenarios {
            var state = SparkplugState()
            for (index, step) in scenario.steps.enumerated() {
                let comment = Comment(rawValue: "\(scenario.name), step \(index + 1)")
                let binding = try #require(rules.resolve(topic: step.topic.utf8), comment)
                #expect(binding.needsSparkplugState, comment)
                let outcome = binding.decode(
                    ByteBuffer(bytes: try #require(Vectors.bytes(hexadecimal: step.payload))),
                    isRetained: false,
                    arrivedAt: try #require(Timestamp(iso8601: step.at)),
                    state: &state
                )
                #expect(outcome.deadLetter == step.deadLetter, comment)
                #expect(outcome.rebirth?.topic == step.rebirth, comment)
                #expect(outcome.leftOut == step.leftOut ?? 0, comment)
                #expect(outcome.sequenceGap == step.gap ?? 0, comment)
                #expect(outcome.records.map(\.device.description) == step.records.map(\.device), comment)
                #expect(
                    outcome.records.map { String(decoding: $0.value, as: UTF8.self) } == step.records.map(\.value),
                    comment
                )
                for (record, expected) in zip(outcome.records, step.records) {
                    let own = record.properties.dropFirst(4).map { [$0.name: $0.value] }
                    #expect(own == (expected.properties ?? [:]).map { [$0.key: $0.value] }, comment)
                }
            }
        }
    }

    @Test("the command that asks for a birth is a metric, a time and no sequence number [tck-id-payloads-ncmd-seq]")
    func rebirthCommand() throws {
        let request = RebirthRequest(group: "G1", node: "E1", at: Timestamp(milliseconds: 1))
        #expect(request.topic == "spBv1.0/G1/NCMD/E1")
        // 08 01: timestamp 1; 12 1c: a metric of 28 bytes: name, timestamp 1, datatype 11, boolean_value true.
        let metric = [0x0A, 0x14] + Array("Node Control/Rebirth".utf8) + [0x18, 0x01, 0x20, 0x0B, 0x70, 0x01]
        #expect(request.payload == [0x08, 0x01, 0x12, 0x1C] + metric)
    }

    @Test(
        "topics that report nothing, or are none of the specification's, have no rule",
        arguments: [
            "spBv1.0/G1/NCMD/E1", "spBv1.0/G1/DCMD/E1/D1", "spBv1.0/STATE/host1", "spBv1.0/G1/NDATA/E1/D1",
            "spBv1.0/G1/DDATA/E1", "spBv1.0/G1/XDATA/E1", "spBv1.0/G1/NDATA/E1/D1/x", "spBv1.0//NDATA/E1",
            "spAv1.0/G1/NDATA/E1",
            "spBv1.0",
        ]
    )
    func foreignTopics(topic: String) throws {
        #expect(IngestRules([try SampleRules.sparkplug()]).resolve(topic: topic.utf8) == nil)
    }

    @Test("a retained message is ignored when the rule says so")
    func retained() throws {
        var rule = try SampleRules.sparkplug()
        rule.takesRetained = false
        let binding = try #require(IngestRules([rule]).resolve(topic: "spBv1.0/G/NDATA/E".utf8))
        var state = SparkplugState()
        let arrival = Timestamp(milliseconds: 1_795_262_400_000)
        let outcome = binding.decode(ByteBuffer(bytes: [0xFF]), isRetained: true, arrivedAt: arrival, state: &state)
        #expect(outcome == IngestOutcome())
    }

    @Test("a Sparkplug message without the state of its node is a dead letter")
    func withoutState() throws {
        let binding = try #require(IngestRules([try SampleRules.sparkplug()]).resolve(topic: "spBv1.0/G/NDATA/E".utf8))
        let outcome = binding.decode(
            ByteBuffer(bytes: [0x08, 0x01]),
            isRetained: false,
            arrivedAt: Timestamp(milliseconds: 0)
        )
        #expect(outcome.deadLetter != nil)
    }
}
