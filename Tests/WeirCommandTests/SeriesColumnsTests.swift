import AnomalyDetection
import TelemetryModel
import Testing

@testable import weir

@Suite("Columns of a CSV file as a series, and the lines of its scores")
struct SeriesColumnsTests {
    private func columns(_ line: String, time: String? = nil, value: String? = nil) throws -> SeriesColumns {
        try SeriesColumns(firstLine: Array(line.utf8), time: time, value: value)
    }

    @Test("time and value are found by their names, or are the columns that are named")
    func found() throws {
        let row = Array("2026-11-21 04:33:00,5.5,7".utf8)
        for (line, time, value, expected) in [
            ("timestamp,value,other", nil, nil, 5.5), ("Time,x,Value\r", nil, nil, 7), ("a,b,c", "a", "c", 7),
            ("\u{FEFF}ts,x,y", nil, "x", 5.5),
        ] {
            let found = try self.columns(line, time: time, value: value).row(of: row)
            #expect(found.timeText == "2026-11-21 04:33:00" && found.time.milliseconds == 1_795_235_580_000)
            #expect(found.value == expected)
        }
        let two = try self.columns("date,temperature").row(of: Array("5,21.5".utf8))
        #expect(two.value == 21.5 && two.time == Timestamp(seconds: 5))
    }

    @Test(
        "what cannot be a series is said with the columns there are",
        arguments: [
            ("timestamp", nil, nil, "does not name two or more"),
            ("timestamp,a,b", nil, nil, "Name it with --value; there are a, b"),
            ("when,a", nil, nil, "name it with --time; there are when, a"),
            ("ts,temperature", nil, "temprature", "did you mean “temperature”?"),
            ("ts,a,a", nil, "a", "“a” is there twice"), ("ts,a", nil, "ts", "time and value at once"),
        ] as [(String, String?, String?, String)]
    )
    func notFound(line: String, time: String?, value: String?, message: String) throws {
        let error = try #require(throws: CommandFailure.self) { try self.columns(line, time: time, value: value) }
        #expect(error.description.contains(message))
    }

    @Test("an empty field is no value, a word is an error, and NaN is a number")
    func values() throws {
        let columns = try self.columns("ts,v")
        #expect(try columns.row(of: Array("0,".utf8)).value == nil)
        #expect(try columns.row(of: Array("0, 1e-3 ".utf8)).value == 0.001)
        #expect(try columns.row(of: Array("0,NaN\r".utf8)).value?.isNaN == true)
        for (line, message) in [
            ("0,high", "“high” is no number"), ("0", "has 1 values, there are 2"), ("soon,1", "“soon” is no time"),
            ("0,\"1", "a quote without its other half"),
        ] {
            let error = try #require(throws: CommandFailure.self) { try columns.row(of: Array(line.utf8)) }
            #expect(error.description.contains(message))
        }
    }

    @Test("a score has six decimals, cut, so that nothing below an alert reads like one")
    func scores() {
        #expect(ScoreText.line(time: "t", score: 0) == "t,0.000000")
        #expect(ScoreText.line(time: "t", score: 0.499_999_99) == "t,0.499999")
        #expect(ScoreText.line(time: "t", score: 0.5) == "t,0.500000")
        #expect(ScoreText.line(time: "a,\"b\"", score: 1) == "\"a,\"\"b\"\"\",1.000000")
    }

    @Test("the JSON of an alert says which view moved, how probable it was and what was expected")
    func json() {
        let quiet = SeriesVerdict(score: 0.25, surprise: 0.25, pValue: 0.5, view: .value, expected: nil)
        #expect(
            ScoreText.json(time: "t", value: 2, verdict: quiet)
                == #"{"timestamp":"t","value":2.0,"anomaly_score":0.250000}"#
        )
        let band = ExpectedBand(low: 1, high: 3, basis: .recent)
        let alert = SeriesVerdict(score: 0.75, surprise: 0.75, pValue: 0.25, view: .jump, expected: band)
        #expect(
            ScoreText.json(time: "t", value: nil, verdict: alert)
                == #"{"timestamp":"t","anomaly_score":0.750000,"view":"jump","p_value":0.25,"expected_low":1.0,"expected_high":3.0}"#
        )
    }
}
