import StreamSQL
import TelemetryModel
import Testing

@Suite("what a query may hold")
struct QueryLimitTests {
    /// Dead letters of a query over one event a second, whose value and device are the second.
    static func run(
        _ sql: String,
        _ events: Int,
        devices: Int = 1_000,
        _ set: (inout QueryLimits) -> Void
    ) throws -> [String] {
        var environment = SQLCase.environment()
        set(&environment.options.limits)
        var query = try StreamQuery(try SQLCase.plan(sql), environment: environment)
        var output = QueryOutput()
        for second in 1...events {
            TestRecord(
                offset: Int64(second),
                enqueued: Int64(second) * 1_000,
                device: "d\(second % devices)",
                payload: #"{"ts":"\#(Timestamp(seconds: Int64(second)))","v":\#(second),"text":"0123456789"}"#
            ).give(to: &query, &output)
        }
        query.advance(to: Timestamp(seconds: 100_000), output: &output)
        return output.deadLetters.map { "\($0.cause) \($0.reason)" }
    }

    @Test("groups", arguments: [(5, 0), (6, 1)])
    func groups(devices: Int, refused: Int) throws {
        let sql = "SELECT device, COUNT(*) AS c INTO o FROM t GROUP BY device, TumblingWindow(day, 1)"
        let letters = try QueryLimitTests.run(sql, devices) { $0.groupsMax = 5 }
        #expect(letters == Array(repeating: "limit more than 5 groups", count: refused))
    }

    @Test("groups whose windows have closed make room for others")
    func room() throws {
        let sql = "SELECT device, COUNT(*) AS c INTO o FROM t GROUP BY device, TumblingWindow(second, 2)"
        #expect(try QueryLimitTests.run(sql, 100) { $0.groupsMax = 5 } == [])
    }

    @Test("timelines; those that nothing tells from new ones make room", arguments: [(4, 0), (5, 1)])
    func timelines(devices: Int, refused: Int) throws {
        let sql = "SELECT device, v INTO o FROM t TIMESTAMP BY ts OVER device"
        // One is that of inputs without keys; five seconds later a timeline is forgotten.
        let letters = try QueryLimitTests.run(sql, devices) { $0.timelinesMax = 5 }
        #expect(letters == Array(repeating: "limit more than 5 timelines", count: refused))
        #expect(try QueryLimitTests.run(sql, 100) { $0.timelinesMax = 8 } == [])
    }

    @Test(
        "values that a group keeps",
        arguments: ["COLLECT(v)", "COUNT(DISTINCT v)", "PERCENTILE_CONT(0.5) OVER (ORDER BY v)"],
        [(7, 0), (8, 1)]
    )
    func values(function: String, events: (count: Int, refused: Int)) throws {
        let sql = "SELECT \(function) AS c INTO o FROM t GROUP BY TumblingWindow(day, 1)"
        let letters = try QueryLimitTests.run(sql, events.count) { $0.valuesPerGroupMax = 7 }
        #expect(letters == Array(repeating: "fault more than 7 values in one group", count: events.refused))
    }

    @Test("rows that wait for a partner", arguments: [(4, 0), (5, 1)])
    func rows(events: Int, refused: Int) throws {
        let sql = "SELECT a.v INTO o FROM t a JOIN u b ON a.v = b.v AND DATEDIFF(second, a, b) BETWEEN 0 AND 100"
        let letters = try QueryLimitTests.run(sql, events) { $0.bufferedRowsMax = 4 }
        #expect(letters == Array(repeating: "limit more than 4 rows wait", count: refused))
    }

    @Test("bytes of state")
    func bytes() throws {
        let sql = "SELECT COLLECT(text) AS c INTO o FROM t GROUP BY TumblingWindow(day, 1)"
        #expect(try QueryLimitTests.run(sql, 100) { $0.stateBytesMax = 10_000 } == [])
        let letters = try QueryLimitTests.run(sql, 100) { $0.stateBytesMax = 2_000 }
        #expect((40...99).contains(letters.count))
        #expect(letters.allSatisfy { $0 == "limit the query holds more than 2000 bytes" })
    }

    @Test("a sum of whole numbers is exact in between and a fault when it is no bigint at the end")
    func overflow() throws {
        let line = SQLCase(
            "sum",
            "SELECT SUM(v) AS s INTO o FROM t GROUP BY TumblingWindow(second, 5)",
            """
            t d1 1 {"v":9223372036854775807}
            t d1 2 {"v":9223372036854775807}
            t d1 3 {"v":-9223372036854775807}
            t d1 6 {"v":9223372036854775807}
            t d1 7 {"v":1}
            t d1 11 {"v":1}
            """,
            """
            {"s":9223372036854775807}
            ! fault
            """
        )
        let got = try line.run()
        #expect(got == line.expected)
    }
}
