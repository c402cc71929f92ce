import StreamSQL
import TelemetryModel
import Testing

/// Counts a series' events, as a detector would look at them.
private struct CountingSeries: StatefulFunction {
    var count: Int64 = 0

    mutating func next(_ event: SeriesEvent) throws(StreamFault) -> StreamValue? {
        guard event.value.number != nil else { throw StreamFault("no number") }
        self.count += 1
        return .record(StreamRecord([("Score", .bigint(self.count))]))
    }

    func isForgotten(at time: Int64) -> Bool { false }

    var byteCount: Int { 8 }

    func snapshot(into state: inout StateWriter) { state.write(self.count) }
}

private struct CountingFunctions: StatefulFunctions {
    func make(_ plan: AnalyticPlan, limits: QueryLimits) -> (any StatefulFunction)? {
        if case .anomaly = plan.function { return CountingSeries() }
        return BuiltInFunctions().make(plan, limits: limits)
    }

    func restore(
        _ plan: AnalyticPlan,
        limits: QueryLimits,
        _ state: inout StateReader
    ) throws(StateReader.Fault) -> (any StatefulFunction)? {
        if case .anomaly = plan.function { return CountingSeries(count: try state.readInt64()) }
        return try BuiltInFunctions().restore(plan, limits: limits, &state)
    }
}

@Suite("functions and reference data from outside")
struct QueryFunctionTests {
    @Test("a query with a function that nobody brought is refused")
    func unknown() throws {
        let plan = try SQLCase.plan("SELECT device, Anomaly(v) OVER (PARTITION BY device) AS n INTO o FROM t")
        #expect(throws: QueryError.self) { _ = try StreamQuery(plan) }
    }

    @Test("a query with reference data that is not there is refused")
    func table() throws {
        let plan = try SQLCase.plan("SELECT t.v INTO o FROM t JOIN [rooms.csv] r ON t.device = r.device")
        #expect(throws: QueryError.self) { _ = try StreamQuery(plan) }
    }

    @Test("a function from outside has a series for each key, which snapshots keep")
    func detector() throws {
        let plan = try SQLCase.plan("SELECT device, Anomaly(v) OVER (PARTITION BY device) AS n INTO o FROM t")
        var environment = SQLCase.environment()
        environment.functions = CountingFunctions()
        var query = try StreamQuery(plan, environment: environment)
        var output = QueryOutput()
        for (offset, device) in ["a", "b", "a", "a"].enumerated() {
            var writer = StateWriter()
            query.snapshot(into: &writer)
            var reader = StateReader(writer.bytes)
            query = try StreamQuery(plan, environment: environment)
            try query.restore(&reader)
            let second = Int64(offset) * 1_000
            TestRecord(offset: Int64(offset), enqueued: second, device: device, payload: #"{"v":1}"#)
                .give(to: &query, &output)
        }
        TestRecord(offset: 9, enqueued: 9_000, device: "a", payload: #"{"v":"x"}"#).give(to: &query, &output)
        #expect(
            SQLCase.lines(output) == [
                #"{"device":"a","n":{"Score":1}}"#, #"{"device":"b","n":{"Score":1}}"#,
                #"{"device":"a","n":{"Score":2}}"#, #"{"device":"a","n":{"Score":3}}"#, "! fault",
            ]
        )
    }

    @Test(
        "a file is JSON or CSV",
        arguments: [
            (#"[{"k":1,"n":"x, y"},{"k":2,"n":null}]"#, true),
            ("{\"k\":1,\"n\":\"x, y\"}\n\n{\"k\":2,\"n\":null}\n", true),
            ("k,n\r\n1,\"x, y\"\r\n2,\r\n", false), ("k,n\n1,\"x, y\"\n2", false),
        ]
    )
    func file(text: String, isJSON: Bool) throws {
        let table = isJSON ? try FileTable(json: Array(text.utf8)) : FileTable(csv: Array(text.utf8))
        let expected = [
            StreamRecord([("k", .bigint(1)), ("n", .nvarchar("x, y"))]),
            StreamRecord([("k", .bigint(2)), ("n", .null)]),
        ]
        #expect(table.records == expected)
    }

    @Test("a quoted field keeps quotes and line ends, and is text even when it looks like a number")
    func quotes() {
        let table = FileTable(csv: Array("a,b\n\"say \"\"hi\"\"\nthere\",\"7\"\n-1.5,01\n".utf8))
        #expect(
            table.records == [
                StreamRecord([("a", .nvarchar("say \"hi\"\nthere")), ("b", .nvarchar("7"))]),
                StreamRecord([("a", .float(-1.5)), ("b", .nvarchar("01"))]),
            ]
        )
    }
}
