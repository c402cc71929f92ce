import FleetQuery
import TelemetryJSON
import Testing

@Suite("the functions of conditions, iothub-rest.md section 10")
struct QueryFunctionTests {
    @Test(
        "a function gives its value, and undefined for what it does not take",
        arguments: [
            ("IS_DEFINED(tags.site)", "true"), ("IS_DEFINED(undefined)", "false"), ("IS_DEFINED(null)", "true"),
            ("IS_DEFINED(tags.empty)", "true"),
            ("IS_NULL(statusReason)", "true"), ("IS_NULL(tags.none)", "false"), ("IS_NULL(0)", "false"),
            ("is_bool(true)", "true"), ("IS_BOOL(1)", "false"),
            ("IS_NUMBER(1)", "true"), ("IS_NUMBER(1.5)", "true"), ("IS_NUMBER('1')", "false"),
            ("IS_STRING('1')", "true"), ("IS_STRING(1)", "false"),
            ("IS_ARRAY(tags.list)", "true"), ("IS_ARRAY(tags.floor)", "false"), ("IS_OBJECT(tags.floor)", "true"),
            ("IS_OBJECT(tags.list)", "false"),
            ("IS_PRIMITIVE(1)", "true"), ("IS_PRIMITIVE(null)", "true"), ("IS_PRIMITIVE('')", "true"),
            ("IS_PRIMITIVE(false)", "true"),
            ("IS_PRIMITIVE(tags.list)", "false"), ("IS_PRIMITIVE(tags.none)", "false"),
            ("IS_STRING(tags.none)", "false"),
            ("STARTS_WITH('abc', 'ab')", "true"), ("STARTSWITH('abc', 'b')", "false"),
            ("STARTS_WITH('abc', '')", "true"), ("STARTS_WITH('ab', 'abc')", "false"),
            ("STARTS_WITH('é', 'e')", "false"), ("STARTS_WITH(1, 'e')", nil), ("STARTS_WITH(tags.none, 'e')", nil),
            ("STARTS_WITH('a', null)", nil),
            ("ENDS_WITH('abc', 'bc')", "true"), ("ENDSWITH('abc', 'b')", "false"), ("ENDS_WITH('', '')", "true"),
            ("ENDS_WITH('c', 'bc')", "false"),
            ("CONTAINS('abcabd', 'abd')", "true"), ("CONTAINS('abc', 'd')", "false"), ("CONTAINS('abc', '')", "true"),
            ("CONTAINS('abc', 1)", nil),
            ("INDEX_OF('abcabc', 'ca')", "2"), ("INDEX_OF('abc', 'x')", "-1"), ("INDEX_OF('😀a', 'a')", "2"),
            ("INDEX_OF('abcabc', 'a', 1)", "3"),
            ("INDEX_OF('aabaaab', 'aaab')", "3"), ("INDEX_OF('abc', '')", "0"), ("INDEX_OF('abc', 'a', -1)", nil),
            ("INDEX_OF('abc', 'a', 9)", "-1"),
            ("CONCAT('a', 'b', 'c')", #""abc""#), ("CONCAT('a', 1)", nil), ("CONCAT('a', tags.none)", nil),
            ("LENGTH('ü😀')", "3"), ("LENGTH('')", "0"),
            ("LENGTH(5)", nil), ("LOWER('AÜ')", #""aü""#), ("UPPER('aü')", #""AÜ""#), ("LOWER(1)", nil),
            ("SUBSTRING('abcdef', 2)", #""cdef""#),
            ("SUBSTRING('abcdef', 2, 2)", #""cd""#), ("SUBSTRING('abc', 3)", #""""#),
            ("SUBSTRING('abc', 9, 9)", #""""#), ("SUBSTRING('abc', 1, 99)", #""bc""#),
            ("SUBSTRING('abc', -1)", nil), ("SUBSTRING('abc', 0, -1)", nil), ("SUBSTRING('abc', 1.0)", #""bc""#),
            ("SUBSTRING('abc', 1.5)", nil),
            ("SUBSTRING('abc', 9223372036854775807, 9223372036854775807)", #""""#),
            ("SUBSTRING('😀', 1)", "\"\u{FFFD}\""),
            ("AS_NUMBER('12')", "12"), ("AS_NUMBER(' -1.5e1 ')", "-15.0"), ("AS_NUMBER('x')", nil),
            ("AS_NUMBER('')", nil), ("AS_NUMBER('true')", nil),
            ("AS_NUMBER(7)", "7"), ("AS_NUMBER(true)", nil), ("AS_NUMBER('1e999')", nil), ("AS_NUMBER(tags.none)", nil),
            ("ABS(-5)", "5"), ("ABS(5)", "5"), ("ABS(-1.5)", "1.5"),
            ("ABS(-9223372036854775808)", "9.223372036854776e+18"), ("ABS('x')", nil),
            ("EXP(0)", "1.0"), ("EXP(1000)", nil), ("POWER(2, 10)", "1024.0"), ("POWER(-1, 0.5)", nil),
            ("POWER(2, 'x')", nil), ("SQUARE(5)", "25"),
            ("SQUARE(1.5)", "2.25"), ("SQUARE(4611686018427387904)", "2.1267647932558654e+37"), ("CEILING(1.2)", "2.0"),
            ("CEILING(-1.2)", "-1.0"),
            ("CEILING(3)", "3"), ("FLOOR(1.8)", "1.0"), ("FLOOR(-1.2)", "-2.0"), ("FLOOR(3)", "3"), ("SIGN(-3)", "-1"),
            ("SIGN(0)", "0"), ("SIGN(0.1)", "1"),
            ("SIGN('x')", nil), ("SQRT(9)", "3.0"), ("SQRT(-1)", nil),
        ] as [(String, String?)]
    )
    func values(text: String, expected: String?) throws {
        #expect(try Twins.value(of: text)?.description == expected)
    }

    @Test("a text of 256 KiB may be made, not one byte more")
    func textLength() throws {
        let half = String(repeating: "x", count: QueryFunction.textLengthMax / 2)
        let twin = JSONValue.object(["a": .string(half), "b": .string(half + "y")]).description
        #expect(try Twins.value(of: "LENGTH(CONCAT(a, a))", on: twin) == .integer(262_144))
        #expect(try Twins.value(of: "LENGTH(CONCAT(a, b))", on: twin) == nil)
        #expect(try Twins.value(of: "CONTAINS(CONCAT(a, a), b)", on: twin) == .bool(false))
    }
}
