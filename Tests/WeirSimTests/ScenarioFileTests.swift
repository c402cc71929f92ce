import FleetModel
import Foundation
import Testing

@testable import weir_sim

@Suite("scenario files")
struct ScenarioFileTests {
    static let greenhousePath = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Simulator/scenarios/greenhouse.yaml").path

    static let minimal = """
        seed: 7
        devices:
          - count: 2
            id: cold-{n}
            kind: coldStore
            interval: 1s
        faults:
          - kind: spike
            device: cold-2
            channel: temperature
            after: 3s
            size: 5
        """

    @Test("the greenhouse is eight devices at 250 ms, with a spike at 8 s and one at 14 s")
    func greenhouse() throws {
        let scenario = try ScenarioFile.load(path: ScenarioFileTests.greenhousePath)
        #expect(scenario.seed == 42)
        #expect(scenario.groups.map(\.ids) == [(1...8).map { "greenhouse-\($0)" }])
        #expect(scenario.groups[0].interval == .milliseconds(250))
        #expect(scenario.groups[0].channels.map(\.name) == ["temperature", "humidity"])
        #expect(scenario.groups[0].channels == PlaceKind.greenhouse.channels, "its comments give the kind's numbers")
        #expect(scenario.faults.map(\.after) == [.seconds(8), .seconds(14)])
        #expect(Set(scenario.faults.map(\.device)).count == 2)
    }

    @Test("everything that has a default may be left out")
    func defaults() throws {
        let scenario = try ScenarioFile.parse("devices: [{id: a, kind: room, interval: 10ms}]", file: "f")
        #expect(scenario.seed == 1)
        #expect(scenario.startHour == 12)
        #expect(scenario.groups[0].ids == ["a"])
        #expect(scenario.groups[0].channels == PlaceKind.room.channels)
        #expect(scenario.faults.isEmpty)
    }

    @Test("a scenario changes the numbers that it names and no others")
    func channels() throws {
        let text = """
            devices:
              - id: a
                kind: room
                interval: 24h
                channels:
                  humidity: {mean: 30, amplitude: 0, peakHour: 24, spread: 1, wander: 2, noise: 3, resolution: 0.5, minimum: 10, maximum: 90}
            """
        let channel = try ScenarioFile.parse(text, file: "f").groups[0].channels
        #expect(
            channel == [
                ChannelModel(
                    name: "humidity",
                    mean: 30,
                    cycle: DailyCycle(amplitude: 0, peakHour: 24),
                    spread: 1,
                    wander: 2,
                    noise: 3,
                    resolution: try #require(Resolution("0.5")),
                    range: 10...90
                )
            ]
        )
    }

    @Test("every fault names file, line, key and what was expected", arguments: ScenarioFaults.all)
    func faults(line: Int, text: String, expected: String) throws {
        _ = try ScenarioFile.parse(ScenarioFileTests.minimal, file: "f.yaml")
        var lines = ScenarioFileTests.minimal.split(separator: "\n").map(String.init)
        lines[line - 1] = text
        do {
            _ = try ScenarioFile.parse(lines.joined(separator: "\n"), file: "f.yaml")
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.description.contains(expected), "\(error)")
            #expect(error.description.hasPrefix("f.yaml"))
            #expect(!error.description.contains("\n"))
        }
    }

    @Test(
        "empty files, lists, other roots and groups without devices are told",
        arguments: ["", "- a", "5", "seed: 1", "devices: []", "devices: 5", "\u{0}", "[[[["]
    )
    func roots(text: String) {
        #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text, file: "f.yaml") }
    }

    @Test("two groups with one id are told")
    func twice() {
        let text = "devices:\n  - {id: a, kind: room, interval: 1s}\n  - {id: a, kind: room, interval: 1s}"
        #expect(throws: ScenarioError(file: "f", line: 3, problem: "the device a is there twice")) {
            try ScenarioFile.parse(text, file: "f")
        }
    }

    @Test("deep nesting is a fault, not a crash")
    func nesting() {
        #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse(String(repeating: "[", count: 100_000), file: "f")
        }
        #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse(String(repeating: "- ", count: 50_000), file: "f")
        }
    }

    @Test("a file that is missing or too large is a sentence")
    func files() async throws {
        #expect(throws: ScenarioError.self) { try ScenarioFile.load(path: "/nowhere.yaml") }
        try await RecordingLoaderTests.withFile(repeatElement(UInt8(ascii: "#"), count: 1_048_577)) { path in
            #expect(throws: ScenarioError(file: path, line: nil, problem: "is larger than 1 MiB, which no scenario is"))
            {
                try ScenarioFile.load(path: path)
            }
        }
    }

    @Test("the greenhouse with random damage never crashes the reader")
    func fuzz() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("ScenarioFile fuzz seed \(seed)")
        var random = SplitMix64(seed: seed)
        let whole = Array(ScenarioFileTests.minimal.utf8)
        let alphabet = Array("{}[]:-&*!|>'\"%@` \n\t#,0a~".utf8)
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[index] = alphabet.randomElement(using: &random) ?? 0
                } else {
                    bytes.remove(at: index)
                }
            }
            do {
                _ = try ScenarioFile.parse(String(decoding: bytes, as: UTF8.self), file: "f")
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100, "seed \(seed)")
    }

    @Test(
        "times are a whole number and a unit",
        arguments: [
            ("250ms", 250), ("8s", 8_000), ("10 m", 600_000), ("2h", 7_200_000), ("1000h", 3_600_000_000), ("0s", 0),
            ("1001h", nil), ("", nil), ("s", nil), ("5", nil), ("-5s", nil), ("1.5s", nil), ("5d", nil),
            ("99999999999ms", nil),
        ]
    )
    func durations(text: String, milliseconds: Int?) {
        #expect(DurationText.parse(text) == milliseconds.map { .milliseconds($0) })
    }
}
