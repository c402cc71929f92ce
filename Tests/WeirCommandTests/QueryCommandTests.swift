import EventLog
import Testing

@Suite("weir query")
struct QueryCommandTests {
    private static func fill(_ gateway: GatewayFixture) async throws {
        for number in 0..<6 {
            let value = Array(#"{"n":\#(number),"site":"x\u001b[2J"}"#.utf8)
            _ = try await gateway.log.openTopic("telemetry").append([NewRecord(key: Array("d".utf8), value: value)])
        }
    }

    @Test("prints a table, and on stderr what was read; with --json a line for each result")
    func query() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.fill(gateway)
            let table = await gateway.weir("query", "SELECT n, site FROM telemetry WHERE n > 3")
            #expect(table.status == 0, "\(table.error)")
            #expect(table.lines == ["n  site", "4  x␛[2J", "5  x␛[2J"])
            #expect(table.error == "6 records read, 2 results\n")
            let json = await gateway.weir("query", "SELECT n FROM telemetry", "--json", "--max", "2")
            #expect(json.lines == [#"{"n":0}"#, #"{"n":1}"#])
            let source = await gateway.weir("query", "SELECT n FROM telemetry", "--json", "--source", "--max", "1")
            #expect(source.output.contains(#""result":{"n":0},"records":[{"topic":"telemetry","partition":"#))
        }
    }

    @Test("tells what could not take part, once for each cause")
    func deadLetters() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.fill(gateway)
            for value in ["{", "plain"] {
                let record = NewRecord(key: Array("d".utf8), value: Array(value.utf8))
                _ = try await gateway.log.openTopic("telemetry").append([record])
            }
            let outcome = await gateway.weir(
                "query",
                "SELECT COUNT(*) AS n FROM telemetry GROUP BY TumblingWindow(day, 2)"
            )
            #expect(outcome.lines == ["n", "6"])
            #expect(outcome.error.contains("2 not used: notJSON, the first because"))
        }
    }

    @Test("explains a plan; a fault is said with its place")
    func explain() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.fill(gateway)
            let plan = await gateway.weir("query", "--explain", "SELECT n FROM telemetry")
            #expect(plan.status == 0 && plan.lines.first?.hasPrefix("query") == true, "\(plan.error)")
            let fault = await gateway.weir("query", "SELECT n FROM telemetri")
            #expect(
                fault.status == 1 && fault.error.contains("line 1, column 15")
                    && fault.error.contains("Write telemetry")
            )
        }
    }
}
