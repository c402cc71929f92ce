import TelemetryJSON
import TestSupport
import Testing

@Suite("writing JSON, RFC 8259")
struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("commas stand between members and elements only, and nothing else does")
    func structure() {
        let text = self.written { writer in
            writer.beginArray()
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.endArray()
            writer.key("b")
            writer.beginObject()
            writer.key("c")
            writer.null()
            writer.endObject()
            writer.endObject()
            writer.number(1)
            writer.raw("[2]".utf8)
            writer.bool(true)
            writer.bool(false)
            writer.endArray()
        }
        #expect(text == #"[{"a":[],"b":{"c":null}},1,[2],true,false]"#)
    }

    @Test("values on JSON lines are parted by a line feed, not a comma")
    func lines() {
        let text = self.written { writer in
            writer.number(1)
            writer.endLine()
            writer.string("x")
            writer.endLine()
        }
        #expect(text == "1\n\"x\"\n")
    }

    @Test("a writer that was emptied starts anew")
    func removeAll() {
        var writer = JSONWriter(capacity: 64)
        writer.beginArray()
        writer.number(1)
        writer.removeAll()
        writer.bool(true)
        #expect(writer.bytes == Array("true".utf8))
    }

    @Test(
        "quotes, backslashes and control characters are escaped, all else is not [RFC 8259 §7]",
        arguments: [
            ("", #""""#),
            ("plain °C ü 😀", #""plain °C ü 😀""#),
            ("\"", #""\"""#),
            ("\\", #""\\""#),
            ("a\"b\\c", #""a\"b\\c""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\u{0}\u{1}\u{1F}\u{20}", "\"\\u0000\\u0001\\u001f \""),
            ("\u{7F}/", "\"\u{7F}/\""),
        ]
    )
    func strings(text: String, expected: String) {
        #expect(self.written { $0.string(text) } == expected)
    }

    @Test("bytes that are not UTF-8 become replacement characters")
    func invalidUTF8() {
        #expect(self.written { $0.string(utf8: [0x61, 0xFF, 0x62]) } == "\"a\u{FFFD}b\"")
    }

    @Test(
        "a Double is written as the shortest text that reads back the same; what is no number is null",
        arguments: [
            (21.42, "21.42"), (21, "21.0"), (-0.0, "-0.0"), (0.1 + 0.2, "0.30000000000000004"), (1e-7, "1e-07"),
            (1e22, "1e+22"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.leastNonzeroMagnitude, "5e-324"),
            (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
        ] as [(Double, String)]
    )
    func doubles(value: Double, expected: String) {
        #expect(self.written { $0.number(value) } == expected)
    }

    @Test("every finite Double is valid JSON and reads back the same")
    func doublesRoundTrip() {
        var random = SeededGenerator.announced("doublesRoundTrip")
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            let text = self.written { $0.number(value) }
            #expect(JSONValidator.isValid(text.utf8))
            if value.isFinite { #expect(Double(text) == value) }
        }
    }

    @Test(
        "integers are written in full, both ends of their range",
        arguments: [
            (Int64.min, "-9223372036854775808"), (-1, "-1"), (0, "0"), (9, "9"), (10, "10"),
            (.max, "9223372036854775807"),
        ]
    )
    func integers(value: Int64, expected: String) {
        #expect(self.written { $0.number(value) } == expected)
    }

    @Test(
        "number text keeps its form; text that is no JSON number becomes null",
        arguments: [
            ("2.700", "2.700"), ("-0", "-0"), ("1E5", "1E5"), ("0.10e-07", "0.10e-07"),
            ("", "null"), ("+1", "null"), (".5", "null"), ("1.", "null"), ("01", "null"), ("nan", "null"),
            ("1 ", "null"), ("1,2", "null"), ("-", "null"), ("1e", "null"), ("0x1", "null"),
        ]
    )
    func verbatim(text: String, expected: String) {
        #expect(self.written { $0.number(verbatim: text) } == expected)
        var writer = JSONWriter()
        #expect(writer.number(verbatim: text) == (expected != "null"))
    }
}
