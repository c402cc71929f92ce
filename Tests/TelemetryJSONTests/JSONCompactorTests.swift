import TelemetryJSON
import Testing

@Suite("taking white space out of JSON")
struct JSONCompactorTests {
    @Test(
        "white space between tokens goes, strings and numbers stay byte for byte",
        arguments: [
            ("{ \"a b\" : [ 1.50 , \"\\\" \\\\\" , true ] }\r\n", #"{"a b":[1.50,"\" \\",true]}"#),
            ("\n 1 \t", "1"), ("\" \\u000a \"", "\" \\u000a \""), ("[]", "[]"),
        ]
    )
    func compacts(text: String, expected: String) throws {
        #expect(String(decoding: try JSONCompactor.compact(Array(text.utf8)), as: UTF8.self) == expected)
    }

    @Test("what is no JSON is refused, not compacted")
    func refuses() {
        #expect(throws: JSONError(.unexpectedByte(0x5D), at: 3)) {
            try JSONCompactor.compact(Array("[1,]".utf8))
        }
    }
}
