import FleetModel
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite("signals: daily cycle, decimals, resolution")
struct SignalTests {
    @Test("the cosine without a math library differs from Glibc's by less than 1e-11")
    func cosine() {
        for step in -3_000...3_000 {
            let turns = Double(step) / 997
            #expect(abs(DailyCycle.cosine(ofTurns: turns) - cos(2 * Double.pi * turns)) < 1e-11, "at \(turns)")
        }
    }

    @Test("a cycle is highest at its peak hour and lowest twelve hours later, on every day")
    func cycle() {
        let cycle = DailyCycle(amplitude: 6, peakHour: 14)
        #expect(cycle.value(atHour: 14) == 6)
        #expect(abs(cycle.value(atHour: 2) + 6) < 1e-9)
        #expect(abs(cycle.value(atHour: 20)) < 1e-9)
        #expect(abs(cycle.value(atHour: 14 + 24 * 365) - 6) < 1e-9)
    }

    @Test(
        "a decimal writes every digit after its point",
        arguments: [
            (2_142, 2, "21.42"), (2_140, 2, "21.40"), (-5, 2, "-0.05"), (7, 0, "7"), (0, 0, "0"), (0, 3, "0.000"),
            (-1_000, 3, "-1.000"), (123, 9, "0.000000123"),
        ]
    )
    func decimal(units: Int, digits: Int, expected: String) {
        let value = DecimalValue(units: Int64(units), digits: digits)
        #expect(String(decoding: value.text, as: UTF8.self) == expected)
    }

    @Test(
        "a resolution rounds to its nearest step",
        arguments: [
            ("0.01", 21.4249, "21.42"), ("0.01", 21.4251, "21.43"), ("0.05", 21.43, "21.45"), ("0.5", -0.3, "-0.5"),
            ("1", 21.5, "22"), ("1000", 1_400, "1000"), ("0.01", .infinity, "1000000000.00"), ("0.01", .nan, "0.00"),
            ("0.000000001", -1e30, "-1000000000.000000000"),
        ]
    )
    func quantize(resolution: String, value: Double, expected: String) throws {
        let resolution = try #require(Resolution(resolution))
        #expect(String(decoding: resolution.quantize(value).text, as: UTF8.self) == expected)
    }

    @Test(
        "text that is no positive decimal up to 1000 is no resolution",
        arguments: [
            "", "0", "0.00", "-1", "1e-2", "abc", "1.", ".1", "1001", "1000.1", "0.0000000001", "99999", "1.2.3",
        ]
    )
    func refused(text: String) {
        #expect(Resolution(text) == nil)
    }
}
