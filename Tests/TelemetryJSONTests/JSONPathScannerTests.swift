import TelemetryJSON
import TestSupport
import Testing

@Suite("reading only some paths of a JSON text")
struct JSONPathScannerTests {
    private func scan(_ text: String, _ paths: [JSONPath], stops: Bool = false) throws -> [JSONPathMatch] {
        var scanner = JSONPathScanner(paths: paths, stopsWhenAllFound: stops)
        try Array(text.utf8).withUnsafeBufferPointer { try scanner.scan($0) }
        return scanner.matches
    }

    @Test(
        "a path gives what stands there",
        arguments: [
            (#"{"a":1}"#, JSONPath(names: "a"), .integer(1)),
            (#" { "b" : [1,{}], "a" : null } "#, JSONPath(names: "a"), .null),
            (#"{"a":{"b":true}}"#, JSONPath(names: "a", "b"), .bool(true)),
            (#"{"a":{"b":false}}"#, JSONPath(names: "a"), .compound(5..<16)),
            (#"{"a":[1,[2.5]]}"#, JSONPath([.name("a"), .index(1), .index(0)]), .number(2.5)),
            (#"{"a":[1]}"#, JSONPath([.name("a"), .index(1)]), .missing),
            (#"{"a":"x\n"}"#, JSONPath(names: "a"), .string(6..<9, hasEscapes: true)),
            (#"{"\u0061":"x"}"#, JSONPath(names: "a"), .string(11..<12, hasEscapes: false)),
            (#"{"a":1,"a":2}"#, JSONPath(names: "a"), .integer(2)),
            (#"{"a":{"b":1},"a":3}"#, JSONPath(names: "a", "b"), .missing),
            (#"{"a":1}"#, JSONPath([]), .compound(0..<7)), ("7", JSONPath([]), .integer(7)),
            ("[]", JSONPath(names: "a"), .missing),
            (#"{"aa":1,"b":2}"#, JSONPath(names: "a"), .missing), ("{\"e\u{301}\":1}", JSONPath(names: "é"), .missing),
            ("[0,1]", JSONPath([.index(0)]), .integer(0)),
            ("[-9223372036854775808]", JSONPath([.index(0)]), .integer(.min)),
            ("[9223372036854775807]", JSONPath([.index(0)]), .integer(.max)),
            ("[9223372036854775808]", JSONPath([.index(0)]), .number(0x1p63)),
            ("[1.0]", JSONPath([.index(0)]), .number(1)), ("[1e2]", JSONPath([.index(0)]), .number(100)),
            ("[-0]", JSONPath([.index(0)]), .integer(0)),
            ("[123456789012345678]", JSONPath([.index(0)]), .integer(123_456_789_012_345_678)),
            ("[1234567890123456789]", JSONPath([.index(0)]), .integer(1_234_567_890_123_456_789)),
        ] as [(String, JSONPath, JSONPathMatch)]
    )
    func values(text: String, path: JSONPath, expected: JSONPathMatch) throws {
        #expect(try self.scan(text, [path]) == [expected])
    }

    @Test("a path may be asked for twice, and with what is below it")
    func several() throws {
        let paths = [JSONPath(names: "a"), JSONPath(names: "a", "b"), JSONPath(names: "a"), JSONPath(names: "c")]
        for stops in [false, true] {
            #expect(
                try self.scan(#"{"a":{"b":1},"c":2}"#, paths, stops: stops)
                    == [.compound(5..<12), .integer(1), .compound(5..<12), .integer(2)]
            )
        }
    }

    @Test("one that stops early reads nothing behind the last path; one that does not finds every fault")
    func stops() throws {
        #expect(try self.scan(#"{"a":1, oops"#, [JSONPath(names: "a")], stops: true) == [.integer(1)])
        #expect(throws: JSONError(.unexpectedByte(0x6F), at: 8)) {
            try self.scan(#"{"a":1, oops"#, [JSONPath(names: "a")])
        }
    }

    @Test("after a fault every path is missing")
    func fault() throws {
        var scanner = JSONPathScanner(paths: [JSONPath(names: "a")], stopsWhenAllFound: false)
        let error = #expect(throws: JSONError.self) {
            try Array(#"{"a":1]"#.utf8).withUnsafeBufferPointer { try scanner.scan($0) }
        }
        #expect(error == JSONError(.unexpectedByte(0x5D), at: 6))
        #expect(scanner.matches == [.missing])
    }

    @Test(
        "numbers that are none are refused",
        arguments: ["-", "01", "-01", "1.", "1e", "--1", "1.e5", "00", "1e999"]
    )
    func numbers(text: String) {
        #expect(throws: JSONError.self) { try self.scan("[\(text)]", [JSONPath([.index(0)])]) }
    }

    @Test("it reads any text as the reader of whole values does, and takes none the validator refuses")
    func random() throws {
        var generator = SeededGenerator.announced()
        let paths = [JSONPath(names: "a"), JSONPath(names: "a", "b"), JSONPath([.name("b"), .index(1)]), JSONPath([])]
        let words = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"\\u0061\"", "1", "-2.5", "true", "null", " ", "\"x\"",
            "{\"a\":", "{\"b\":[",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...9, using: &generator)
            let text = (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined()
            let isValid = JSONValidator.isValid(text.utf8)
            guard let matches = try? self.scan(text, paths) else {
                #expect(!isValid, "\(text)")
                continue
            }
            #expect(isValid, "\(text)")
            let value = try JSONValue(parsing: text)
            let a = value.object?["a"]
            #expect((matches[0] == .missing) == (a == nil), "\(text)")
            #expect((matches[1] == .missing) == (a?.object?["b"] == nil), "\(text)")
            #expect((matches[2] == .missing) == ((value.object?["b"]?.array?.count ?? 0) < 2), "\(text)")
        }
    }
}
