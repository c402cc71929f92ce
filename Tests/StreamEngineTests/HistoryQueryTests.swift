import EventLog
import StreamSQL
import TelemetryJSON
import TelemetryModel
import Testing

@testable import StreamEngine

@Suite("a query over stored records")
struct HistoryQueryTests {
    private static let start: Int64 = 1_763_776_800_000

    /// Appends `{"n":…,"ts":…}` of devices in turn, a record a second, enqueued at its time.
    private static func fill(
        _ harness: LogHarness,
        _ devices: [String],
        count: Int,
        headers: [RecordHeader] = []
    ) async throws {
        for number in 0..<count {
            let time = Timestamp(milliseconds: HistoryQueryTests.start + Int64(number) * 1_000)
            try await harness.append(
                NewRecord(
                    key: Array(devices[number % devices.count].utf8),
                    value: Array(#"{"n":\#(number),"ts":"\#(time)"}"#.utf8),
                    headers: headers
                ),
                at: time
            )
        }
    }

    /// Runs to the end; returns the results as JSON and the dead letters' reasons.
    private static func run(
        _ text: String,
        _ harness: LogHarness,
        from: Int64? = nil,
        to: Int64? = nil
    ) throws -> (results: [String], letters: [String], counts: QueryCounts, unreadable: Int64) {
        let time = { (second: Int64) in Timestamp(milliseconds: HistoryQueryTests.start + second * 1_000) }
        var query = try HistoryQuery(try QueryPlan(text), log: harness.log, from: from.map(time), to: to.map(time))
        var results: [String] = []
        var letters: [String] = []
        var unreadable: Int64 = 0
        while true {
            let piece = try query.next()
            results += piece.output.results.map { String(decoding: $0.json, as: UTF8.self) }
            letters += piece.output.deadLetters.map(\.reason)
            unreadable += piece.unreadable
            if piece.isFinished { return (results, letters, query.counts, unreadable) }
        }
    }

    @Test("gives each record once, in the order in which they came, and what is still open at the end as it is")
    func order() async throws {
        let harness = try LogHarness()
        try await HistoryQueryTests.fill(harness, ["a", "b", "c"], count: 60)
        let all = try HistoryQueryTests.run("SELECT n FROM telemetry", harness)
        #expect(all.results == (0..<60).map { #"{"n":\#($0)}"# })
        #expect(all.counts.records == 60 && all.letters.isEmpty)
        let windows = try HistoryQueryTests.run(
            "SELECT COUNT(*) AS n FROM telemetry TIMESTAMP BY ts GROUP BY TumblingWindow(second, 25)",
            harness
        )
        #expect(windows.results.reduce(0) { $0 + (Int($1.filter(\.isNumber)) ?? 0) } == 60)
    }

    @Test(
        "takes records from the first enqueue time on and before the last",
        arguments: [
            (nil, nil, 0..<30), (10, nil, 10..<30), (nil, 20, 0..<20), (10, 20, 10..<20), (30, nil, 0..<0),
            (nil, 0, 0..<0),
            (20, 10, 0..<0),
        ] as [(Int64?, Int64?, Range<Int>)]
    )
    func range(from: Int64?, to: Int64?, expected: Range<Int>) async throws {
        let harness = try LogHarness()
        try await HistoryQueryTests.fill(harness, ["a", "b"], count: 30)
        let some = try HistoryQueryTests.run("SELECT n FROM telemetry", harness, from: from, to: to)
        #expect(some.results == expected.map { #"{"n":\#($0)}"# })
    }

    @Test("two topics are merged by the time at which their records came, the query's first topic first")
    func merge() async throws {
        let harness = try LogHarness()
        _ = try harness.log.openTopic("other", partitions: 2)
        for number in 0..<20 {
            let time = Timestamp(milliseconds: HistoryQueryTests.start + Int64(number / 2) * 1_000)
            for name in number.isMultiple(of: 2) ? ["other"] : ["telemetry"] {
                let record = NewRecord(key: Array("d\(number % 3)".utf8), value: Array(#"{"n":\#(number)}"#.utf8))
                try await harness.append(record, to: name, at: time)
            }
        }
        let text = "SELECT n FROM telemetry UNION ALL SELECT n FROM other"
        let merged = try HistoryQueryTests.run(text, harness)
        #expect(merged.results == (0..<20).map { #"{"n":\#($0 ^ 1)}"# })
    }

    @Test("records of one millisecond go by partition and offset")
    func sameTime() async throws {
        let harness = try LogHarness()
        let topic = try harness.log.openTopic("telemetry")
        for number in 0..<40 {
            let record = NewRecord(key: Array("d\(number % 7)".utf8), value: Array(#"{"n":\#(number)}"#.utf8))
            try await harness.append(record, at: Timestamp(milliseconds: HistoryQueryTests.start))
        }
        let expected = (0..<40).map { number in
            (partition: topic.partition(forKey: "d\(number % 7)".utf8), number: number)
        }.sorted { ($0.partition, $0.number) < ($1.partition, $1.number) }
        let results = try HistoryQueryTests.run("SELECT n FROM telemetry", harness).results
        #expect(results == expected.map { #"{"n":\#($0.number)}"# })
    }

    @Test("backlog is not late: an imported year is counted like live readings", arguments: [true, false])
    func backlog(isMarked: Bool) async throws {
        let harness = try LogHarness()
        let old = Timestamp(milliseconds: HistoryQueryTests.start - 365 * 86_400_000 + 1_000)
        for second in 0..<10 {
            let headers = isMarked ? [RecordHeader(name: "weir-historical", value: Array("true".utf8))] : []
            let body = #"{"n":1,"ts":"\#(old + .seconds(second))"}"#
            let record = NewRecord(key: Array("a".utf8), value: Array(body.utf8), headers: headers)
            try await harness.append(record, at: Timestamp(milliseconds: HistoryQueryTests.start))
        }
        let text =
            "SELECT SUM(n) AS n FROM telemetry TIMESTAMP BY ts OVER device GROUP BY device, TumblingWindow(hour, 1)"
        let run = try HistoryQueryTests.run(text, harness)
        #expect(run.results.last.map { $0.hasPrefix(#"{"n":10"#) } == (isMarked ? true : nil))
        #expect(run.letters.count == (isMarked ? 0 : 10))
    }

    @Test("a payload that is no JSON stops nothing and says why")
    func badRecord() async throws {
        let harness = try LogHarness()
        for value in [#"{"n":1}"#, "{", "", #"{"n":2}"#] {
            let record = NewRecord(key: Array("a".utf8), value: Array(value.utf8))
            try await harness.append(record, at: Timestamp(milliseconds: HistoryQueryTests.start))
        }
        let run = try HistoryQueryTests.run("SELECT n FROM telemetry", harness)
        #expect(run.results == [#"{"n":1}"#, #"{"n":2}"#])
        #expect(run.letters.count == 2 && run.letters.allSatisfy { $0.contains("JSON") || $0.contains("empty") })
    }

    @Test("a topic that is not there is an error with its name")
    func unknownTopic() throws {
        let harness = try LogHarness()
        #expect(throws: EventLogError.unknownTopic("nothing")) {
            _ = try HistoryQueryTests.run("SELECT n FROM nothing", harness)
        }
    }
}
