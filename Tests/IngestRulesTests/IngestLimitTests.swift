import IngestRules
import NIOCore
import TelemetryModel
import Testing

@Suite("limits: what one message may cost, both sides")
struct IngestLimitTests {
    private func outcome(_ text: String, _ format: IngestFormat = .json) throws -> IngestOutcome {
        try decode(text, by: try SampleRules.rule("t", device: "d", format: format))
    }

    @Test("a message has at most 262144 bytes", arguments: [IngestFormat.json, .number, .text, .auto])
    func payload(format: IngestFormat) throws {
        let fits = #"{"v":1}"# + String(repeating: " ", count: IngestLimits.payloadBytesMax - 7)
        let reason = "the message has 262145 bytes; telemetry has at most 262144"
        #expect(try self.outcome(fits, format).deadLetter?.hasPrefix("the message has") != true)
        #expect(try self.outcome(fits + " ", format).deadLetter == reason)
    }

    @Test("a message has at most 2048 values")
    func values() throws {
        let object = { (count: Int) in "{" + (0..<count).map { #""\#($0)":1"# }.joined(separator: ",") + "}" }
        #expect(try self.outcome(object(2_048)).records.count == 1)
        let reason = try self.outcome(object(2_049)).deadLetter
        #expect(reason?.contains("more than the 2048 values or objects of one text") == true)
    }

    @Test("an array has at most 256 objects")
    func objects() throws {
        let array = { (count: Int) in "[" + [String](repeating: #"{"v":1}"#, count: count).joined(separator: ",") + "]"
        }
        #expect(try self.outcome(array(256)).records.count == 256)
        let reason = try self.outcome(array(257)).deadLetter
        #expect(reason?.contains("more than the 256 values or objects of one text") == true)
    }

    @Test("a value's name has at most 256 bytes; one with more is left out and counted", arguments: [256, 257])
    func names(bytes: Int) throws {
        let outcome = try self.outcome(#"{"a":{"\#(String(repeating: "n", count: bytes - 2))":1},"v":1}"#)
        #expect(outcome.leftOut == (bytes == 256 ? 0 : 1))
        #expect(outcome.values.first?.hasSuffix(#""v":1}"#) == true)
        #expect(outcome.values.first?.contains("nnn") == (bytes == 256))
    }

    @Test("a text has at most 4096 bytes; one with more is left out and counted", arguments: [4_096, 4_097])
    func texts(bytes: Int) throws {
        let text = String(repeating: "x", count: bytes)
        #expect(try self.outcome(#"{"a":"\#(text)"}"#).leftOut == (bytes == 4_096 ? 0 : 1))
        #expect(try self.outcome(text, .text).records.count == (bytes == 4_096 ? 1 : 0))
        #expect(try self.outcome(text, .auto).records.count == (bytes == 4_096 ? 1 : 0))
    }

    @Test("a text that is much larger as JSON stays within the bound of all records, or is a dead letter")
    func growth() throws {
        let text = String(repeating: "\\u0001", count: 682)  // 4092 bytes, 6 bytes each again
        let array = "[" + [String](repeating: #"{"v":"\#(text)"}"#, count: 60).joined(separator: ",") + "]"
        #expect(try self.outcome(array).records.count == 60)
    }

    @Test("objects without values cost nothing of the bound of all records")
    func emptyObjects() throws {
        let text = String(repeating: "x", count: 4_000)
        let array =
            #"[{"a":"\#(text)","b":"\#(text)"},"# + [String](repeating: "{}", count: 255).joined(separator: ",") + "]"
        #expect(try self.outcome(array).records.count == 1)
    }

    @Test("objects nest at most 64 levels", arguments: [64, 65])
    func nesting(levels: Int) throws {
        let text = String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)
        #expect(try self.outcome(text).records.count == (levels == 64 ? 1 : 0))
    }

    @Test(
        "the worst messages of the largest size take less than a minute together, even unoptimized",
        .timeLimit(.minutes(1))
    )
    func linear() throws {
        let long = String(repeating: "k", count: 130_000)
        let worst = [
            #"{"\#(long)":{"# + (0..<2_048).map { #""\#($0)":1"# }.joined(separator: ",") + "}}",
            #"{"\#(long)":["# + [String](repeating: "1", count: 60_000).joined(separator: ",") + "]}",
            String(repeating: #"{"a":"#, count: 52_000), String(repeating: "[", count: 262_144),
            #"{"a":"\#(String(repeating: "\\u0041", count: 43_000))"}"#,
            "{" + (0..<2_048).map { #""\#(String(repeating: "n", count: 100))\#($0)":1"# }.joined(separator: ",") + "}",
        ]
        for text in worst { _ = try self.outcome(text) }
    }
}
