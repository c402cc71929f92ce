import Glibc
import TelemetryJSON
import TestSupport
import Testing

@Suite("reading numbers exactly")
struct TelemetryScannerNumberTests {
    private func read(_ text: String) throws -> Double? {
        var scanner = TelemetryScanner()
        return try Array("{\"v\":\(text)}".utf8).withUnsafeBufferPointer { bytes in
            try scanner.scan(bytes)
            return scanner.values.first?.number
        }
    }

    @Test(
        "hard decimals round as strtod rounds them",
        arguments: [
            "9007199254740992", "9007199254740993", "9007199254740993.0", "9007199254740992.5", "1e22", "1e23", "1e-22",
            "1e-23", "9007199254740992e22", "9007199254740993e22", "123456789012345678", "922337203685477580.7",
            "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
            "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558632766878171540458953514382464234321326889464182768467546703537516986049910576551282076245490090389328944075868508455133942304583236903222948165808559332123347747975750",
            "1.7976931348623158e308", "1.7976931348623157e308", "2.2250738585072011e-308", "2.2250738585072014e-308",
            "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400", "0e99999999999999999999",
            "-0.0",
            "0.000000000000000000000000000000000000000000000000000000000001e60", "7.2057594037927933e16",
            "0.1000000000000000055511151231257827021181583404541015625", "100000000000000000000000000000000000000e-30",
        ]
    )
    func hardCases(text: String) throws {
        let value = try #require(try self.read(text))
        #expect(value.bitPattern == strtod(text, nil).bitPattern)
    }

    @Test("random decimals of every shape round as strtod rounds them")
    func randomDecimals() throws {
        var random = SeededGenerator.announced("randomDecimals")
        for _ in 0..<30_000 {
            var text = Bool.random(using: &random) ? "-" : ""
            let digits = Int.random(in: 1...Int.random(in: 1...40, using: &random), using: &random)
            text += "\(Int.random(in: 1...9, using: &random))"
            for _ in 1..<max(digits, 2) { text += "\(Int.random(in: 0...9, using: &random))" }
            if Bool.random(using: &random) {
                text += "."
                for _ in 0...Int.random(in: 0...20, using: &random) {
                    text += "\(Int.random(in: 0...9, using: &random))"
                }
            }
            if Bool.random(using: &random) { text += "e\(Int.random(in: -345...310, using: &random))" }
            let expected = strtod(text, nil)
            let value = try self.read(text)
            #expect(value?.bitPattern == (expected.isFinite ? expected.bitPattern : nil), "\(text)")
        }
    }
}
