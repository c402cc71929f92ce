import TelemetryJSON
import TestSupport
import Testing

@Suite("JSON values as trees, RFC 8259")
struct JSONValueTests {
    @Test(
        "each kind of value is read as what it is, and written back as it was",
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false)),
            (#""""#, .string("")), (#""a°😀""#, .string("a°😀")),
            ("[]", .array([])), ("{}", .object([:])),
            (#"[1,[null],{"a":"b"}]"#, .array([.integer(1), .array([.null]), .object(["a": .string("b")])])),
            (#"{"z":1,"a":{"b":[]}}"#, .object(["z": .integer(1), "a": .object(["b": .array([])])])),
        ]
    )
    func kinds(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
        #expect(try JSONValue(parsing: " \(text)\n") == expected)
        #expect(expected.description == text)
    }

    @Test(
        "a number without point and exponent is an integer while it fits, every other one a double",
        arguments: [
            ("0", JSONValue.integer(0), "0"), ("-0", .integer(0), "0"), ("1", .integer(1), "1"),
            ("1.0", .number(1), "1.0"), ("1e0", .number(1), "1.0"), ("-2.5E-1", .number(-0.25), "-0.25"),
            ("-0.0", .number(-0.0), "-0.0"),
            ("9007199254740993", .integer(9_007_199_254_740_993), "9007199254740993"),
            ("-4503599627370496", .integer(-4_503_599_627_370_496), "-4503599627370496"),
            ("9223372036854775799", .integer(.max - 8), "9223372036854775799"),
            ("9223372036854775807", .integer(.max), "9223372036854775807"),
            ("-9223372036854775808", .integer(.min), "-9223372036854775808"),
            ("9223372036854775808", .number(0x1p63), "9.223372036854776e+18"),
            ("-9223372036854775809", .number(-0x1p63), "-9.223372036854776e+18"),
            ("1e400", nil, ""), ("0.1", .number(0.1), "0.1"),
        ] as [(String, JSONValue?, String)]
    )
    func numbers(text: String, expected: JSONValue?, written: String) throws {
        guard let expected else {
            #expect(throws: JSONError(.numberTooLarge, at: 1)) { try JSONValue(parsing: "[\(text)]") }
            return
        }
        let value = try JSONValue(parsing: text)
        #expect(value == expected)
        #expect(value.description == written)
    }

    @Test("an integer and a double are different values, even when a calculator calls them equal")
    func integersAndDoubles() {
        #expect(JSONValue.integer(1) != .number(1))
        #expect(JSONValue.integer(1) != .bool(true))
        #expect(JSONValue.null != .bool(false))
    }

    @Test(
        "integers beyond 64 bits are refused when the reader says so",
        arguments: [
            ("9223372036854775807", nil), ("9223372036854775808", JSONError(.numberTooLarge, at: 0)),
            ("-9223372036854775808", nil), ("-9223372036854775809", JSONError(.numberTooLarge, at: 0)),
            ("9223372036854775808.0", nil), ("9e18", nil),
        ] as [(String, JSONError?)]
    )
    func wideIntegers(text: String, fault: JSONError?) {
        do throws(JSONError) {
            _ = try JSONValue(parsing: text, wideIntegers: .refused)
            #expect(fault == nil)
        } catch {
            #expect(error == fault)
        }
    }

    @Test(
        "escapes are resolved, in names too; a lone surrogate becomes U+FFFD",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\uD83D\uDE00""#, "é😀"),
            (#""\ud800x""#, "\u{FFFD}x"), (#""\u0000""#, "\u{0}"),
        ]
    )
    func escapes(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text) == .string(expected))
        #expect(try JSONValue(parsing: "{\(text):1}").object?[expected] == .integer(1))
    }

    @Test(
        "faults name what is wrong and at which byte",
        arguments: [
            ("", JSONError(.unexpectedEnd, at: 0)), (" ", JSONError(.unexpectedEnd, at: 1)),
            ("[1,]", JSONError(.unexpectedByte(UInt8(ascii: "]")), at: 3)),
            ("{\"a\":1,}", JSONError(.unexpectedByte(UInt8(ascii: "}")), at: 7)),
            ("{a:1}", JSONError(.unexpectedByte(UInt8(ascii: "a")), at: 1)),
            ("1 2", JSONError(.trailingBytes, at: 2)), ("[01]", JSONError(.invalidNumber, at: 1)),
            ("\"\t\"", JSONError(.controlCharacter(9), at: 1)), (#""\x""#, JSONError(.invalidEscape, at: 1)),
            ("[nul]", JSONError(.unexpectedByte(UInt8(ascii: "]")), at: 4)),
            ("NaN", JSONError(.unexpectedByte(0x4E), at: 0)),
            ("\u{FEFF}1", JSONError(.unexpectedByte(0xEF), at: 0)), ("{\"a\":", JSONError(.unexpectedEnd, at: 5)),
        ]
    )
    func faults(text: String, expected: JSONError) {
        #expect(throws: expected) { try JSONValue(parsing: text) }
    }

    @Test("bytes that are not UTF-8 are a fault at their place")
    func invalidUTF8() {
        #expect(throws: JSONError(.invalidUTF8, at: 2)) { try JSONValue(parsing: [0x22, 0x61, 0xFF, 0x22]) }
    }

    @Test(
        "nesting is bounded on both sides of the limit, objects and arrays alike",
        arguments: [(1, 1), (3, 3), (64, 64), (1_000, 64)]
    )
    func nesting(depthMax: Int, expected: Int) throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            func nested(_ depth: Int) -> String {
                let inner = open == "[" ? "" : "1"
                return String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
            }
            _ = try JSONValue(parsing: nested(expected), depthMax: depthMax)
            let fault = JSONError(.nestingTooDeep(limit: expected), at: open.utf8.count * expected)
            #expect(throws: fault) { try JSONValue(parsing: nested(expected + 1), depthMax: depthMax) }
        }
        _ = try JSONValue(parsing: "1", depthMax: 0)
        #expect(throws: JSONError(.nestingTooDeep(limit: 0), at: 0)) { try JSONValue(parsing: "[]", depthMax: 0) }
    }

    @Test("a million brackets are refused, not followed")
    func bracketBomb() {
        let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError(.nestingTooDeep(limit: 64), at: 64)) { try JSONValue(parsing: bytes) }
    }

    @Test("any bytes are read as the reference reads them, and what was read survives writing and reading")
    func fuzz() throws {
        var random = SeededGenerator.announced("fuzz")
        var validCount = 0
        let alphabet = Array(#"{}[]",:\/ 0123456789.eE+-truefalsn"#.utf8) + [0xC3, 0xA9, 0xFF, 0x00]
        for _ in 0..<10_000 {
            var bytes = RandomJSON.value(depth: 3, using: &random).bytes
            for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                bytes[index] = alphabet[Int.random(in: alphabet.indices, using: &random)]
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            validCount += 1
            #expect(JSONValidator.isValid(bytes))
            let again = try JSONValue(parsing: value.bytes)
            #expect(again == value)
            #expect(again.hashValue == value.hashValue)
            #expect(again.bytes == value.bytes, "the order of members is kept")
        }
        #expect(validCount > 3_000)
    }

    @Test("what a tree cannot hold is only what the validator refuses too, or a number beyond Double")
    func agreesWithValidator() {
        var random = SeededGenerator.announced("agreesWithValidator")
        let alphabet = Array(#"{}[]",:\u 01.eE+-tn"#.utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...10, using: &random)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &random)]
            }
            do throws(JSONError) {
                _ = try JSONValue(parsing: bytes)
                #expect(JSONValidator.isValid(bytes), "\(bytes)")
            } catch {
                #expect(error.code == .numberTooLarge || JSONValidator.fault(in: bytes) == error, "\(bytes)")
            }
        }
    }
}
