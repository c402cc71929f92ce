import TelemetryModel
import TestSupport
import Testing

@testable import weir

@Suite("Lines of files as readings")
struct ReadingFormTests {
    @Test(
        "times in the forms that files have",
        arguments: [
            ("2026-11-21T04:33:00.123Z", 1_795_235_580_123), ("2026-11-21 04:33:00", 1_795_235_580_000),
            ("2026-11-21T05:33:00+01:00", 1_795_235_580_000), ("2026-11-21", 1_795_219_200_000),
            ("1795235580", 1_795_235_580_000), ("1795235580.5", 1_795_235_580_500),
            ("1795235580123", 1_795_235_580_123), ("1795235580123456", 1_795_235_580_123),
            ("1795235580123456789", 1_795_235_580_123), (" 1795235580 ", 1_795_235_580_000),
            ("-1", -1_000), ("99999999999", 99_999_999_999_000), ("100000000000", 100_000_000_000),
        ]
    )
    func times(text: String, milliseconds: Int64) {
        #expect(ReadingTime.parse(text)?.milliseconds == milliseconds)
    }

    @Test(
        "what is no time",
        arguments: ["", "yesterday", "21.11.2026", "0x10", "nan", "inf", "1e300", "12:30", "2026-13-01"]
    )
    func noTime(text: String) {
        #expect(ReadingTime.parse(text) == nil)
    }

    private static func json(_ form: ReadingForm, _ line: String) throws -> String {
        String(decoding: try form.reading(of: Array(line.utf8)).json, as: UTF8.self)
    }

    @Test("a line of CSV becomes flat JSON: numbers as they stand, words, booleans; nothing for an empty value")
    func csv() throws {
        let form = try ReadingForm(firstLine: Array("timestamp,temperature,name,ok,zip,\"a,b\"".utf8), timeColumn: nil)
        #expect(form == .csv(columns: ["timestamp", "temperature", "name", "ok", "zip", "a,b"], time: 0))
        #expect(
            try Self.json(form, #"2013-07-04 00:00:00,69.8808,"say ""hi""",true,0815,-1e-3"#)
                == #"{"ts":"2013-07-04T00:00:00.000Z","temperature":69.8808,"name":"say \"hi\"","ok":true,"zip":"0815","a,b":-1e-3}"#
        )
        #expect(try Self.json(form, "1795235580,,,,,\r") == #"{"ts":"2026-11-21T04:33:00.000Z"}"#)
        #expect(
            try Self.json(form, "0,NaN,+5,False,1 2,")
                == #"{"ts":"1970-01-01T00:00:00.000Z","temperature":"NaN","name":"+5","ok":false,"zip":"1 2"}"#
        )
    }

    @Test("the time's column is found by its name, or is the one that is named")
    func timeColumn() throws {
        for (line, wanted, columns) in [
            ("v,Time", nil, ["v", "Time"]), ("date,ts", nil, ["date", "ts"]), ("a,b", "b", ["a", "b"]),
        ] {
            let form = try ReadingForm(firstLine: Array(line.utf8), timeColumn: wanted)
            #expect(form == .csv(columns: columns, time: 1))
        }
        let mark = [0xEF, 0xBB, 0xBF] + Array("ts,v".utf8)
        #expect(try ReadingForm(firstLine: mark, timeColumn: nil) == .csv(columns: ["ts", "v"], time: 0))
    }

    @Test(
        "a first line that says nothing is told what is missing",
        arguments: [
            ("a,b", nil, "name it with --time-column; there are a, b"), ("temp,times", "time", "did you mean “times”?"),
            ("[1,2]", nil, "one JSON array"), ("only", nil, "neither a JSON object nor"),
            ("ts,v,v", nil, "“v” is there twice"),
            (#"{"v":1}"#, nil, "name its time with --time-column"), (#"{"v":"#, nil, "no JSON object"),
        ] as [(String, String?, String)]
    )
    func firstLine(line: String, timeColumn: String?, words: String) {
        let error = #expect(throws: CommandFailure.self) {
            try ReadingForm(firstLine: Array(line.utf8), timeColumn: timeColumn)
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("JSON lines with ts stay as they are, other times are put in front")
    func jsonLines() throws {
        let form = try ReadingForm(firstLine: Array(#"{ "ts" : "2026-11-21T04:33:00Z" }"#.utf8), timeColumn: nil)
        #expect(form == .jsonLines(time: "ts"))
        let line = #"{"v":1.50,"ts":"2026-11-21T04:33:00Z"}"#
        #expect(try Self.json(form, line) == line)
        #expect(try Self.json(form, #"{"v":1, "ts":1795235580}"#) == #"{"v":1,"ts":"2026-11-21T04:33:00.000Z"}"#)
        let other = ReadingForm.jsonLines(time: "when")
        #expect(
            try Self.json(other, #"{"when":1795235580,"v":1}"#)
                == #"{"ts":"2026-11-21T04:33:00.000Z","when":1795235580,"v":1}"#
        )
        for (line, words) in [
            (#"{"v":1}"#, "has no “when”"), (#"{"when":"soon"}"#, "“soon” is no time"), ("[]", "no JSON object"),
            (#"{"when":1,"ts":2}"#, "use --time-column ts"), (#"{"when":{}}"#, "is no time"),
        ] {
            let error = #expect(throws: CommandFailure.self) { try other.reading(of: Array(line.utf8)) }
            #expect(error?.description.contains(words) == true, "\(line): \(error?.description ?? "")")
        }
    }

    @Test(
        "a line of CSV that does not fit says why",
        arguments: [
            ("1795235580", "1 values, there are 2 columns"), ("1795235580,1,2", "3 values"),
            ("soon,1", "“soon” is no time"), ("1795235580,\"x", "a quote without its other half"),
        ]
    )
    func badLine(line: String, words: String) throws {
        let form = try ReadingForm(firstLine: Array("ts,v".utf8), timeColumn: nil)
        let error = #expect(throws: CommandFailure.self) { try form.reading(of: Array(line.utf8)) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("random lines never crash a form")
    func fuzz() {
        var random = SeededGenerator.announced()
        let alphabet = Array("{}[]\",:\\ts0179-+.eE \t\r\u{e9}nul".utf8)
        for _ in 0..<5_000 {
            let line = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            for form in [ReadingForm.jsonLines(time: "ts"), .csv(columns: ["ts", "v"], time: 0)] {
                _ = try? form.reading(of: line)
            }
            _ = try? ReadingForm(firstLine: line, timeColumn: nil)
        }
    }
}
