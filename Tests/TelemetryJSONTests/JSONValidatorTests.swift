import TelemetryJSON
import Testing

@Suite("validating JSON, RFC 8259")
struct JSONValidatorTests {
    @Test(
        "what the grammar allows is valid",
        arguments: [
            "{}", "[]", "0", "-0", "-1", "12", "0.5", "1e1", "1E+1", "1e-1", "1.25e00", "true", "false", "null", #""""#,
            " \t\r\n1\n", "[1,2]", "[ 1 , 2 ]", #"{"a":1}"#, #"{ "a" : 1 , "a" : 2 }"#, #"{"":0}"#, #"[[],{},""]"#,
            #""\"\\\/\b\f\n\r\t""#, #""\u0041\uD834\uDD1E\u00e9""#, #""\uD800""#, "\"\u{7F}\u{2028}é€😀\"",
            "123456789012345678901234567890",
            "1e400", "-1e-400", #"{"a":[{"b":[null]}]}"#, #""12345678""#, #""1234567\"""#,
            #""eight by\\tes and more \" text""#,
        ]
    )
    func valid(text: String) {
        #expect(JSONValidator.fault(in: text.utf8) == nil)
    }

    @Test(
        "what the grammar forbids is invalid, and the fault says what and where",
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("{", .unexpectedEnd, 1), ("[", .unexpectedEnd, 1),
            ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3), ("[1,]", .unexpectedByte(0x5D), 3),
            ("[,1]", .unexpectedByte(0x2C), 1), ("[1 2]", .unexpectedByte(0x32), 3), ("]", .unexpectedByte(0x5D), 0),
            ("{\"a\"}", .unexpectedByte(0x7D), 4), ("{\"a\":}", .unexpectedByte(0x7D), 5),
            ("{\"a\":1,}", .unexpectedByte(0x7D), 7), ("{a:1}", .unexpectedByte(0x61), 1),
            ("{1:1}", .unexpectedByte(0x31), 1), ("{\"a\":1]", .unexpectedByte(0x5D), 6),
            ("[1}", .unexpectedByte(0x7D), 2), ("1 1", .trailingBytes, 2), ("{}x", .trailingBytes, 2),
            ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte(0x78), 3), ("True", .unexpectedByte(0x54), 0),
            ("nul\0", .unexpectedByte(0), 3), ("NaN", .unexpectedByte(0x4E), 0), ("-", .unexpectedEnd, 1),
            ("-a", .invalidNumber, 0), ("+1", .unexpectedByte(0x2B), 0), (".5", .unexpectedByte(0x2E), 0),
            ("01", .invalidNumber, 0), ("-01", .invalidNumber, 0), ("1.", .unexpectedEnd, 2),
            ("[1.]", .invalidNumber, 1), ("1.e1", .invalidNumber, 0), ("1e", .unexpectedEnd, 2),
            ("[1e+]", .invalidNumber, 1), ("0x1", .trailingBytes, 1), ("-Infinity", .invalidNumber, 0),
            ("\"", .unexpectedEnd, 1), ("\"abc", .unexpectedEnd, 4), ("\"\\", .unexpectedEnd, 2),
            ("\"\\x\"", .invalidEscape, 1), ("\"\\u12", .unexpectedEnd, 5), ("\"\\u12G4\"", .invalidEscape, 1),
            ("\"a\nb\"", .controlCharacter(0x0A), 2), ("\"12345678\u{1F}\"", .controlCharacter(0x1F), 9),
            ("\u{FEFF}1", .unexpectedByte(0xEF), 0), ("'a'", .unexpectedByte(0x27), 0),
            ("//x\n1", .unexpectedByte(0x2F), 0),
            ("[1]\u{A0}", .trailingBytes, 3), ("\u{B}1", .unexpectedByte(0x0B), 0),
        ] as [(String, JSONError.Code, Int)]
    )
    func invalid(text: String, code: JSONError.Code, offset: Int) {
        #expect(JSONValidator.fault(in: text.utf8) == JSONError(code, at: offset))
    }

    @Test(
        "strings hold only well-formed UTF-8 [Unicode 16 table 3-7]",
        arguments: [
            ([0xC2, 0x80], true), ([0xDF, 0xBF], true), ([0xE0, 0xA0, 0x80], true), ([0xED, 0x9F, 0xBF], true),
            ([0xEE, 0x80, 0x80], true), ([0xF0, 0x90, 0x80, 0x80], true), ([0xF4, 0x8F, 0xBF, 0xBF], true),
            ([0x80], false), ([0xBF], false), ([0xC0, 0x80], false), ([0xC1, 0xBF], false), ([0xC2], false),
            ([0xC2, 0x41], false), ([0xE0, 0x9F, 0xBF], false), ([0xE1, 0x80], false), ([0xED, 0xA0, 0x80], false),
            ([0xED, 0xBF, 0xBF], false), ([0xF0, 0x8F, 0xBF, 0xBF], false), ([0xF4, 0x90, 0x80, 0x80], false),
            ([0xF5, 0x80, 0x80, 0x80], false), ([0xFF], false), ([0xF1, 0x80, 0x80], false),
            ([0xF1, 0x80, 0xC0, 0x80], false),
        ] as [([UInt8], Bool)]
    )
    func utf8(character: [UInt8], isValid: Bool) {
        for padding in 0..<9 {
            let text = [0x22] + [UInt8](repeating: 0x61, count: padding) + character + [0x22]
            #expect(JSONValidator.isValid(text) == isValid)
            #expect(JSONValidator.isValid(text) == (String(validating: text, as: UTF8.self) != nil))
        }
    }

    @Test("64 levels of nesting are read, 65 are refused where the 65th opens", arguments: ["[", "{\"a\":"])
    func nesting(open: String) {
        let close = open == "[" ? "]" : "}"
        let deepest = String(repeating: open, count: 64) + "0" + String(repeating: close, count: 64)
        #expect(JSONValidator.isValid(deepest.utf8))
        let tooDeep = open + deepest + close
        let fault = JSONValidator.fault(in: tooDeep.utf8)
        #expect(fault == JSONError(.nestingTooDeep(limit: 64), at: open.utf8.count * 64))
    }

    @Test("a million opening brackets are refused without exhausting the stack")
    func bomb() {
        let fault = JSONValidator.fault(in: [UInt8](repeating: 0x5B, count: 1_000_000))
        #expect(fault?.code == .nestingTooDeep(limit: 64))
    }

    @Test("a value cut anywhere is invalid, except a bare number's digits")
    func cut() {
        let text = Array(#"{"a":[1.5e3,"x\u0041é",true,null,{}],"b":-0}"#.utf8)
        #expect(JSONValidator.isValid(text))
        for length in 0..<text.count {
            #expect(!JSONValidator.isValid(text[..<length]), "cut to \(length) bytes")
        }
    }

    @Test("bytes that are not contiguous are read too")
    func lazyBytes() {
        #expect(JSONValidator.isValid("[1]".utf8.lazy.map { $0 }))
    }

    @Test("an error reads as a sentence with the place")
    func description() {
        #expect(JSONError(.unexpectedByte(0x0A), at: 12).description == "unexpected byte 0x0a at byte 12")
        #expect(JSONError(.nestingTooDeep(limit: 64), at: 64).description == "nesting deeper than 64 levels at byte 64")
    }
}
