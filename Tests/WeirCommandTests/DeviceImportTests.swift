import DeviceRegistry
import FoundationEssentials
import TelemetryModel
import Testing

@Suite("weir device import")
struct DeviceImportTests {
    private static func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "import-\(UInt64.random(in: 0 ... .max)).jsonl"
        )
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    @Test("10,000 identities are imported whole, by a release build in under 1.5 seconds")
    func many() async throws {
        let text = (0..<10_000).map { "{\"deviceId\":\"device-\($0)\"}\n" }.joined()
        try await GatewayFixture.run { gateway in
            try await Self.withFile(text) { path in
                let clock = ContinuousClock()
                let start = clock.now
                let outcome = await gateway.weir("device", "import", path)
                let time = clock.now - start
                print("10,000 identities imported in \(time)")
                #expect(outcome.status == 0, "\(outcome.error)")
                #expect(outcome.output == "imported 10,000 devices, 0 failed\n")
                let total = try gateway.identities.deviceCounts().total
                #expect(total == 10_000)
                #if !DEBUG  // the promise is about what users run
                #expect(time < .milliseconds(1_500))
                #endif
                #expect(await gateway.weir("device", "list", "--json").lines.count == 10_000)
            }
        }
    }

    private static let mixed = """
        {"deviceId":"a","status":"disabled","statusReason":"spare"}

        {"deviceId":"bad id"}
        not json
        {"id":"b"}
        {"deviceId":"c","primaryKey":"AAAA"}
        {"deviceId":"a"}
        {"deviceId":7}
        {"deviceId":"e","authentication":{"type":"sas","symmetricKey":{"primaryKey":"MDEyMzQ1Njc4OWFiY2RlZg==","secondaryKey":""}}}\r
        {"deviceId":"f"}
        """

    @Test("good lines are imported, bad ones named by their line")
    func failures() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.withFile(Self.mixed) { path in
                let outcome = await gateway.weir("device", "import", path)
                #expect(outcome.status == 1)
                #expect(outcome.output == "imported 3 devices, 6 failed\n")
                let starts = outcome.error.split(separator: "\n").map { $0.prefix { $0 != ":" } }
                #expect(starts == ["line 3", "line 4", "line 5", "line 6", "line 7", "line 8"], "\(outcome.error)")
                #expect(outcome.error.contains("line 7: the device a exists already (DeviceAlreadyExists)"))
                #expect(outcome.error.contains("line 5: the line has no “deviceId”"))
                let stored = try gateway.identities.devices(after: nil, limit: 10)
                #expect(stored.map(\.id.device) == ["a", "e", "f"])
                #expect(stored[0].status == .disabled)
                #expect(stored[0].statusReason == "spare")
                #expect(stored[1].primaryKey == "MDEyMzQ1Njc4OWFiY2RlZg==")
            }
        }
    }

    @Test("with --json the summary names every failure")
    func json() async throws {
        struct Summary: Decodable {
            struct Failure: Decodable {
                var line: Int
                var code: String
            }

            var imported: Int
            var failed: Int
            var failures: [Failure]
        }
        try await GatewayFixture.run { gateway in
            try await Self.withFile(Self.mixed) { path in
                let outcome = await gateway.weir("device", "import", path, "--json")
                let summary = try JSONDecoder().decode(Summary.self, from: Data(outcome.output.utf8))
                #expect(summary.imported == 3)
                #expect(summary.failed == 6)
                #expect(summary.failures.map(\.line) == [3, 4, 5, 6, 7, 8])
            }
        }
    }

    @Test("what list prints can be imported elsewhere, keys and all; --update replaces")
    func roundTrip() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "a", "b")
            let before = try gateway.identities.devices(after: nil, limit: 10)
            let exported = await gateway.weir("device", "list", "--json").output
            try await Self.withFile(exported) { path in
                #expect(await gateway.weir("device", "import", path).status == 1)
                #expect(await gateway.weir("device", "import", path, "--update").status == 0)
                _ = await gateway.weir("device", "delete", "a", "b")
                #expect(await gateway.weir("device", "import", path).output == "imported 2 devices, 0 failed\n")
            }
            let after = try gateway.identities.devices(after: nil, limit: 10)
            #expect(after.map(\.primaryKey) == before.map(\.primaryKey))
            #expect(after.map(\.secondaryKey) == before.map(\.secondaryKey))
        }
    }

    @Test("a line over a mebibyte is one sentence")
    func longLine() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.withFile("{\"deviceId\":\"" + String(repeating: "x", count: 2 << 20)) { path in
                let outcome = await gateway.weir("device", "import", path)
                #expect(outcome.status == 1)
                #expect(outcome.error.contains("it is not JSON lines"), "\(outcome.error)")
            }
        }
    }
}
