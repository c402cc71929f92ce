import FleetModel
import TelemetryModel
import Testing

@Suite("a recording read as telemetry")
struct RecordingReaderTests {
    typealias Options = RecordingSchema.Options

    static func read(
        _ text: String,
        options: Options = Options(),
        start: Timestamp = Timestamp(milliseconds: 0)
    ) throws -> [RecordingReader.Step] {
        var reader = RecordingReader(options: options, start: start)
        reader.append(text.utf8)
        reader.finish()
        var steps = [RecordingReader.Step]()
        while true {
            let step = try reader.next()
            if step == .end { return steps }
            steps.append(step)
        }
    }

    static func bodies(_ text: String, options: Options = Options()) throws -> [String] {
        try RecordingReaderTests.read(text, options: options).map { step in
            if case .reading(let reading) = step { String(decoding: reading.body, as: UTF8.self) } else { "\(step)" }
        }
    }

    @Test("numbers go out as the file writes them, labels never, empty and non-numeric fields are left out")
    func intelLab() throws {
        let text = """
            timestamp,epoch,temperature,humidity,light,voltage,implausible
            2004-02-28 00:58:46,2,19.73,37.09,71.8,2.700,0
            2004-02-28 01:01:46,8,,nan,dark,2.687,1

            """
        #expect(
            try RecordingReaderTests.bodies(text) == [
                #"{"ts":"2004-02-28T00:58:46.000Z","epoch":2,"temperature":19.73,"humidity":37.09,"light":71.8,"voltage":2.700}"#,
                #"{"ts":"2004-02-28T01:01:46.000Z","epoch":8,"voltage":2.687}"#,
            ]
        )
    }

    @Test(
        "label columns are never published, however they are spelled",
        arguments: [
            "implausible", "label", "Label", "fault", "anomaly", "is_anomaly", "isAnomaly", "Is Anomaly", "changepoint",
            "change_point", "occupancy", "Occupancy", "anomaly_label", "outlier", "ground-truth",
        ]
    )
    func labels(name: String) throws {
        let bodies = try RecordingReaderTests.bodies("time,value,\(name)\n2020-01-01,5,1\n")
        #expect(bodies == [#"{"ts":"2020-01-01T00:00:00.000Z","value":5}"#])
    }

    @Test("columns that only look like labels are published", arguments: ["faultless_flow", "light", "classroom_co2"])
    func noLabels(name: String) throws {
        #expect(try RecordingReaderTests.bodies("time,\(name)\n2020-01-01,5\n")[0].contains("\"\(name)\":5"))
    }

    @Test(
        "the time column is found by name, or named by the user",
        arguments: [
            ("datetime,value,anomaly\n2020-03-01 15:44:06,1,0\n", nil, "2020-03-01T15:44:06.000Z"),
            ("value,Timestamp\n1,2020-03-01T15:44:06.5+01:00\n", nil, "2020-03-01T14:44:06.500Z"),
            ("date,time,value\n2020-03-02,2020-03-01 10:00,1\n", nil, "2020-03-01T10:00:00.000Z"),
            ("when,value\n2020-03-01,1\n", "when", "2020-03-01T00:00:00.000Z"),
            ("seconds,value\n5,1\n", "seconds", "1970-01-01T00:00:05.000Z"),
            ("t,value\n1583077446.25,1\n", "t", "2020-03-01T15:44:06.250Z"),
            ("t,value\n1583077446250,1\n", "t", "2020-03-01T15:44:06.250Z"),
        ]
    )
    func time(text: String, column: String?, expected: String) throws {
        let bodies = try RecordingReaderTests.bodies(text, options: Options(timeColumn: column))
        #expect(bodies[0].hasPrefix(#"{"ts":"\#(expected)""#), "\(bodies)")
    }

    @Test("numeric times count from the given start")
    func start() throws {
        let start = try #require(Timestamp(iso8601: "2010-05-09T00:00:00Z"))
        let steps = try RecordingReaderTests.read(
            "seconds,v\n5,1\n",
            options: Options(timeColumn: "seconds"),
            start: start
        )
        guard case .reading(let reading) = steps[0] else { throw RecordingError.empty }
        #expect(reading.time == start + .seconds(5))
    }

    @Test("faulty rows are told with their line and why, and keep their number")
    func malformed() throws {
        let text = "time,v\n2020-01-01,1\nyesterday,2\n2020-01-01,3,4\n\"2020-01-01\"x,5\n\n2020-01-02,6\n"
        let steps = try RecordingReaderTests.read(text)
        #expect(steps.count == 5)
        #expect(steps[1] == .malformed(line: 3, .time("yesterday")))
        #expect(steps[2] == .malformed(line: 4, .fieldCount(found: 3, expected: 2)))
        #expect(steps[3] == .malformed(line: 5, .csv(.textAfterQuote)))
        guard case .reading(let last) = steps[4] else { throw RecordingError.empty }
        #expect(last.number == 5)
    }

    @Test(
        "a header that cannot be used is one sentence",
        arguments: [
            ("", nil, [], RecordingError.empty),
            ("a,b\n1,2\n", nil, [], .noTimeColumn(columns: ["a", "b"])),
            ("time,b\n", "when", [], .missingColumn("when", columns: ["time", "b"])),
            ("time,b\n", nil, ["c"], .missingColumn("c", columns: ["time", "b"])),
            ("time,b,b\n", nil, [], .repeatedColumn("b")),
            ("time,label\n", nil, [], .noChannel),
            ("time,b\n", nil, ["b"], .noChannel),
            ("timestamp,ts,b\n", nil, [], .timeNameTaken),
            ("\"time,b\n", nil, [], .header(.unterminatedQuote)),
        ]
    )
    func header(text: String, timeColumn: String?, skipped: [String], expected: RecordingError) {
        #expect(throws: expected) {
            try RecordingReaderTests.read(text, options: Options(timeColumn: timeColumn, skipped: Set(skipped)))
        }
        #expect(!"\(expected)".isEmpty)
    }

    @Test("a column without a name is a data frame's index and not published")
    func unnamed() throws {
        #expect(
            try RecordingReaderTests.bodies(",time,v\n0,2020-01-01,7\n") == [
                #"{"ts":"2020-01-01T00:00:00.000Z","v":7}"#
            ]
        )
    }
}
