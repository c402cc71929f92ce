import EventLog
import FoundationEssentials
import TestSupport
import Testing

@testable import weir

@Suite("weir import")
struct ImportCommandTests {
    private static func file(_ gateway: GatewayFixture, _ name: String, _ bytes: some Sequence<UInt8>) throws -> String
    {
        let path = "\(gateway.folder)/\(name)"
        try Data(Array(bytes)).write(to: URL(filePath: path))
        return path
    }

    private static func run(_ body: (GatewayFixture) async throws -> Void) async throws {
        try await GatewayFixture.run { gateway in
            _ = try gateway.log.openTopic("telemetry", partitions: 2)
            _ = await gateway.weir("device", "create", "pump-7")
            try await body(gateway)
        }
    }

    @Test("2,500 lines of CSV become records in their order; a repeat stores none, more lines are another file")
    func csv() async throws {
        try await Self.run { gateway in
            let rows = (0..<2_500).map { "\(1_795_000_000 + $0),\($0).5\n" }.joined()
            let path = try Self.file(gateway, "a.csv", "ts,temperature\n\(rows)".utf8)
            let first = await gateway.weir("import", path, "--device", "pump-7")
            #expect(first.status == 0, "\(first.error)")
            #expect(first.output == "\(path): imported 2,500 readings of pump-7, 0 failed\n")
            let again = await gateway.weir("import", path, "--device", "pump-7")
            #expect(again.output == "\(path): imported 0 readings of pump-7 (2,500 were there already), 0 failed\n")
            #expect(try gateway.log.openTopic("telemetry").recordCount == 2_500)
            let records = await gateway.weir("events", "read", "--json", "--device", "pump-7").lines
            #expect(records.count == 2_500)
            #expect(
                records[7].contains(#""body":{"ts":"2026-11-18T11:06:47.000Z","temperature":7.5}"#),
                "\(records[7])"
            )
        }
    }

    @Test("gzip and JSON lines are read, bad lines are named and passed over with status 1")
    func jsonAndGzip() async throws {
        try await Self.run { gateway in
            let text = "{\"ts\":1795000000,\"v\":1}\n\nnot json\n{\"v\":2}\n{\"ts\":1795000001,\"v\":3}\n"
            let path = try Self.file(gateway, "b.jsonl", text.utf8)
            let outcome = await gateway.weir("import", path, "--device", "pump-7")
            #expect(outcome.status == 1)
            #expect(outcome.output == "\(path): imported 2 readings of pump-7, 2 failed\n")
            #expect(
                outcome.error
                    == "\(path), line 3: the line is no JSON object\n\(path), line 4: the object has no “ts”\n"
            )
            let zipped = try Self.file(gateway, "c.csv.gz", GzipSamples.small)
            let json = await gateway.weir("import", zipped, "--device", "pump-7", "--json")
            #expect(json.status == 0, "\(json.error)")
            #expect(json.output.contains(#""imported":2"#) && json.output.contains(#""failed":0"#), "\(json.output)")
            #expect(await gateway.weir("events", "read", "--device", "pump-7").lines.count == 4)
        }
    }

    @Test("an unknown device, a missing file and a file cut in its gzip data are a sentence each")
    func faults() async throws {
        try await Self.run { gateway in
            let path = try Self.file(gateway, "a.csv", "ts,v\n1795000000,1\n".utf8)
            let unknown = await gateway.weir("import", path, "--device", "pump-8")
            #expect(unknown.status == 1 && unknown.error.contains("there is no device pump-8"), "\(unknown.error)")
            let missing = await gateway.weir("import", "/nonexistent.csv", "--device", "pump-7")
            #expect(
                missing.status == 1 && missing.error.contains("/nonexistent.csv cannot be opened"),
                "\(missing.error)"
            )
            let cut = try Self.file(gateway, "cut.gz", GzipSamples.small.dropLast(9))
            let outcome = await gateway.weir("import", cut, "--device", "pump-7")
            #expect(outcome.status == 1 && outcome.error.contains("cannot be read to its end"), "\(outcome.error)")
        }
    }
}
