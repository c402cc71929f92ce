import StreamSQL
import TelemetryModel
import TestSupport
import Testing

@Suite("the same records give the same results")
struct QueryRestoreTests {
    static let queries = [
        """
        SELECT device, COUNT(*) AS c, SUM(v) AS s, AVG(f) AS a, MIN(v) AS lo, STDEV(f) AS sd, COUNT(DISTINCT v) AS d,
            PERCENTILE_CONT(0.5) OVER (ORDER BY f) AS p, COLLECT(v) AS l, TOPONE() OVER (ORDER BY f DESC) AS top INTO o
        FROM t TIMESTAMP BY ts OVER device GROUP BY device, TumblingWindow(second, 5)
        """,
        "SELECT v, AVG(f) AS a INTO o FROM t TIMESTAMP BY ts OVER device GROUP BY v, HoppingWindow(second, 9, 3)",
        "SELECT device, SUM(f) AS s INTO o FROM t TIMESTAMP BY ts OVER device GROUP BY device, SlidingWindow(second, 4)",
        "SELECT device, SUM(f) AS s INTO o FROM t TIMESTAMP BY ts OVER device GROUP BY device, SessionWindow(second, 3, 20)",
        """
        SELECT device, LAG(f) OVER (PARTITION BY device LIMIT DURATION(second, 5)) AS l,
            LAST(v) OVER (PARTITION BY device LIMIT DURATION(second, 9) WHEN v > 2) AS x,
            SUM(f) OVER (PARTITION BY device LIMIT DURATION(second, 6)) AS s,
            ISFIRST(second, 4) OVER (PARTITION BY device) AS i INTO o FROM t TIMESTAMP BY ts OVER device
        """,
        """
        SELECT a.device, a.f AS x, b.f AS y INTO o FROM t a TIMESTAMP BY ts OVER device
        LEFT JOIN u b TIMESTAMP BY ts OVER device ON a.v = b.v AND DATEDIFF(second, a, b) BETWEEN -2 AND 3
        """,
        """
        WITH five AS (SELECT device, AVG(f) AS m FROM t TIMESTAMP BY ts OVER device GROUP BY device, TumblingWindow(second, 5)),
            one AS (SELECT device, f AS m FROM u WHERE v = 1)
        SELECT device, m INTO o FROM five UNION SELECT device, m FROM one;
        SELECT device, MAX(m) AS top INTO p FROM five GROUP BY device, TumblingWindow(second, 15);
        SELECT t.v, r.room INTO q FROM t JOIN [rooms.csv] r ON t.device = r.device
        """,
    ]

    static func environment(_ generator: inout SeededGenerator) -> QueryEnvironment {
        var environment = SQLCase.environment()
        environment.options.time = TimePolicy(
            late: .seconds(Int64.random(in: 0...4, using: &generator)),
            outOfOrder: .seconds(Int64.random(in: 0...2, using: &generator)),
            action: Bool.random(using: &generator) ? .drop : .adjust
        )
        environment.options.earlyResults = Bool.random(using: &generator) ? .seconds(2) : nil
        environment.options.limits.groupsMax = 12
        environment.options.limits.timelinesMax = 6
        environment.options.limits.valuesPerGroupMax = 20
        environment.options.limits.bufferedRowsMax = 50
        environment.options.limits.keptPanesPerGroupMax = 4
        return environment
    }

    static func records(_ count: Int, _ generator: inout SeededGenerator) -> [TestRecord] {
        var clock: Int64 = 1_000_000
        return (0..<count).map { offset in
            clock +=
                Int64.random(in: 0...9, using: &generator) < 8
                ? Int64.random(in: 0...700, using: &generator) : Int64.random(in: 0...12_000, using: &generator)
            let isHistorical = Int.random(in: 0...9, using: &generator) == 0
            let behind = Int64.random(in: isHistorical ? 5_000...40_000 : -500...3_000, using: &generator)
            let time = Timestamp(milliseconds: clock - behind)
            let value = Int.random(in: 0...4, using: &generator)
            let float = Double.random(in: -10...10, using: &generator)
            let isBad = Int.random(in: 0...30, using: &generator) == 0
            return TestRecord(
                topic: Int.random(in: 0...1, using: &generator),
                partition: Int32.random(in: 0...1, using: &generator),
                offset: Int64(offset),
                enqueued: clock,
                device: "d\(Int.random(in: 1...8, using: &generator))",
                payload: isBad ? "{" : #"{"ts":"\#(time)","v":\#(value),"f":\#(float)}"#,
                isHistorical: isHistorical
            )
        }
    }

    static func run(
        _ sql: String,
        _ environment: QueryEnvironment,
        _ records: [TestRecord],
        cuts: Set<Int>
    ) throws -> [String] {
        let plan = try SQLCase.plan(sql)
        var query = try StreamQuery(plan, environment: environment)
        var output = QueryOutput()
        var lines: [String] = []
        for (index, record) in records.enumerated() {
            if cuts.contains(index) {
                var writer = StateWriter()
                query.snapshot(into: &writer)
                var reader = StateReader(writer.bytes)
                query = try StreamQuery(plan, environment: environment)
                try query.restore(&reader)
                #expect(reader.isAtEnd)
                var again = StateWriter()
                query.snapshot(into: &again)
                #expect(again.bytes == writer.bytes)
            }
            record.give(to: &query, &output)
            lines += output.lines
            output.removeAll()
        }
        query.advance(to: query.clock + .seconds(100), output: &output)
        query.advance(to: query.clock + .seconds(100), output: &output)
        #expect(query.nextWake == nil)
        return lines + output.lines
    }

    @Test(
        "wherever a query is written and restored, its results are the same, byte for byte",
        arguments: queries.indices
    )
    func restore(index: Int) throws {
        var generator = SeededGenerator.announced("restore \(index)")
        for _ in 0..<6 {
            let environment = QueryRestoreTests.environment(&generator)
            let records = QueryRestoreTests.records(300, &generator)
            let straight = try QueryRestoreTests.run(QueryRestoreTests.queries[index], environment, records, cuts: [])
            let cuts = Set((0..<8).map { _ in Int.random(in: 0..<300, using: &generator) })
            let cut = try QueryRestoreTests.run(QueryRestoreTests.queries[index], environment, records, cuts: cuts)
            #expect(straight.count > 20)
            #expect(straight == cut)
        }
    }

    @Test("a snapshot that is cut or changed is refused and never traps", arguments: queries.indices)
    func damage(index: Int) throws {
        var generator = SeededGenerator.announced("damage \(index)")
        let environment = QueryRestoreTests.environment(&generator)
        let plan = try SQLCase.plan(QueryRestoreTests.queries[index])
        var query = try StreamQuery(plan, environment: environment)
        var output = QueryOutput()
        let later = QueryRestoreTests.records(30, &generator)
        for record in QueryRestoreTests.records(60, &generator) { record.give(to: &query, &output) }
        var writer = StateWriter()
        query.snapshot(into: &writer)
        for _ in 0..<120 {
            var bytes = writer.bytes
            bytes[Int.random(in: bytes.indices, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            var reader = StateReader(bytes)
            var damaged = try StreamQuery(plan, environment: environment)
            guard (try? damaged.restore(&reader)) != nil else { continue }
            // What passed as a snapshot must be one that can go on.
            for record in later { record.give(to: &damaged, &output) }
        }
        for length in stride(from: 0, to: writer.bytes.count, by: max(writer.bytes.count / 40, 1)) {
            var reader = StateReader(Array(writer.bytes.prefix(length)))
            var cut = try StreamQuery(plan, environment: environment)
            #expect(throws: StateReader.Fault.self) { try cut.restore(&reader) }
        }
    }
}
