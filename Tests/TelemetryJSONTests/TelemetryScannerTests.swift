import TelemetryJSON
import TelemetryModel
import Testing

@Suite("reading telemetry payloads, DESIGN section 5")
struct TelemetryScannerTests {
    /// Scans and writes the result as text: `ts|name=number(text),…` per object, joined by spaces.
    static func scanned(_ payload: [UInt8]) throws(JSONError) -> String {
        var scanner = TelemetryScanner()
        let result = payload.withUnsafeBufferPointer { bytes -> Result<String, JSONError> in
            do throws(JSONError) {
                try scanner.scan(bytes)
            } catch {
                return .failure(error)
            }
            let objects = scanner.readings.map { reading in
                let stamp =
                    reading.timestamp.map { "\($0.milliseconds)" } ?? (reading.isTimestampUnreadable ? "?" : "-")
                let values = scanner.values[reading.values].map { value in
                    let name = scanner.withName(of: value, in: bytes) { String(decoding: $0, as: UTF8.self) }
                    return "\(name)=\(value.number)(\(String(decoding: bytes[value.text], as: UTF8.self)))"
                }
                return "\(stamp)|\(values.joined(separator: ","))"
            }
            return .success(objects.joined(separator: " "))
        }
        return try result.get()
    }

    @Test(
        "each object's instant and numbers are read, with their text",
        arguments: [
            (
                #"{"ts":"2026-11-21T04:33:00.123Z","temperature":21.42,"humidity":48.1}"#,
                "1795235580123|temperature=21.42(21.42),humidity=48.1(48.1)"
            ),
            (#"[{"ts":1000,"a":1},{"a":2.700}]"#, "1000|a=1.0(1) -|a=2.7(2.700)"),
            (" { \"a\" : -1e2 , \"ts\" : \"1970-01-01T00:00:01Z\" } ", "1000|a=-100.0(-1e2)"),
            ("{}", "-|"), ("[]", ""), ("[{},{}]", "-| -|"),
            (#"{"s":"x","b":true,"n":null,"l":[1,{"x":2}],"v":3}"#, "-|v=3.0(3)"),
            (#"{"bus":{"u":5,"ts":7,"i":{"max":2}},"t":1}"#, "-|bus.u=5.0(5),bus.ts=7.0(7),bus.i.max=2.0(2),t=1.0(1)"),
            (#"{"t\u00e9":1,"a\"b":{"\n":2}}"#, "-|té=1.0(1),a\"b.\n=2.0(2)"),
            (#"{"\uD83D\uDE00":1,"\uD83D":2,"\uDE00x":3}"#, "-|😀=1.0(1),\u{FFFD}=2.0(2),\u{FFFD}x=3.0(3)"),
            (#"{"a":1,"a":2}"#, "-|a=1.0(1),a=2.0(2)"), (#"{"":1}"#, "-|=1.0(1)"),
            (#"{"a":1e999,"b":-1e999,"c":1e-999}"#, "-|c=0.0(1e-999)"),
            (#"{"ts":"yesterday","a":1}"#, "?|a=1.0(1)"), (#"{"ts":null,"a":1}"#, "?|a=1.0(1)"),
            (#"{"ts":1.5}"#, "?|"), (#"{"ts":1e300}"#, "?|"), (#"{"ts":{"a":1}}"#, "?|"), (#"{"ts":[1]}"#, "?|"),
            (#"{"ts":253402300799999}"#, "253402300799999|"), (#"{"ts":253402300800000}"#, "?|"),
            (#"{"ts":-62167219200000}"#, "-62167219200000|"), (#"{"ts":-62167219200001}"#, "?|"),
        ]
    )
    func reads(payload: String, expected: String) throws {
        #expect(try TelemetryScannerTests.scanned(Array(payload.utf8)) == expected)
    }

    @Test(
        "a payload that is no telemetry is an error that says where",
        arguments: [
            ("", .unexpectedEnd, 0), ("hello", .unexpectedByte(0x68), 0), ("42", .notTelemetry, 0),
            (" \"x\"", .notTelemetry, 1), ("null", .notTelemetry, 0), ("[1]", .notTelemetry, 1),
            (#"[{"a":1},[]]"#, .notTelemetry, 9), ("[{\"a\":1}", .unexpectedEnd, 8), ("{\"a\":01}", .invalidNumber, 5),
            ("{\"a\":1}{", .trailingBytes, 7), ("{\"a\":1,}", .unexpectedByte(0x7D), 7), ("42x", .trailingBytes, 2),
            ("{\"ts\":}", .unexpectedByte(0x7D), 6), ("{\"b\":{\"c\"}}", .unexpectedByte(0x7D), 9),
        ] as [(String, JSONError.Code, Int)]
    )
    func faults(payload: String, code: JSONError.Code, offset: Int) {
        #expect(throws: JSONError(code, at: offset)) { try TelemetryScannerTests.scanned(Array(payload.utf8)) }
    }

    @Test("a bad end spoils the whole payload: nothing of it remains, and the next payload is read")
    func nothingHalfRead() throws {
        var scanner = TelemetryScanner()
        Array(#"[{"a":{"b":1}},{"a":{"b":2}]"#.utf8).withUnsafeBufferPointer { bytes in
            _ = #expect(throws: JSONError.self) { try scanner.scan(bytes) }
        }
        #expect(scanner.readings.isEmpty && scanner.values.isEmpty && scanner.names.isEmpty)
        try Array(#"{"c":3}"#.utf8).withUnsafeBufferPointer { bytes in
            try scanner.scan(bytes)
            #expect(scanner.values.count == 1)
            #expect(!scanner.values[0].isNameComposed)
        }
    }

    @Test("a name of 128 bytes is a channel, one of 129 is not, composed or plain")
    func nameLimit() throws {
        let longest = String(repeating: "n", count: 128)
        let nested = "\"\(longest.dropLast(2))\":{\"x\":3,\"xy\":4}"
        let payload = "{\"\(longest)\":1,\"\(longest)n\":2,\(nested)}"
        let expected = "-|\(longest)=1.0(1),\(longest.dropLast(2)).x=3.0(3)"
        #expect(try TelemetryScannerTests.scanned(Array(payload.utf8)) == expected)
    }

    @Test("64 levels are read and 65 refused, array and objects counted alike")
    func nesting() throws {
        let names = "[" + String(repeating: "{\"\":", count: 63) + "1" + String(repeating: "}", count: 63) + "]"
        #expect(try TelemetryScannerTests.scanned(Array(names.utf8)).hasSuffix("=1.0(1)"))
        let deeper = "[" + String(repeating: "{\"\":", count: 64) + "1" + String(repeating: "}", count: 64) + "]"
        #expect(throws: JSONError(.nestingTooDeep(limit: 64), at: 1 + 63 * 4)) {
            try TelemetryScannerTests.scanned(Array(deeper.utf8))
        }
    }
}
