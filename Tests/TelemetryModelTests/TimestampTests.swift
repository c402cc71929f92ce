import TelemetryModel
import Testing

@Suite("instants as ISO 8601 text")
struct TimestampTests {
    @Test(
        "an instant is written in 24 bytes and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_235_580_123, "2026-11-21T04:33:00.123Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-62_162_035_200_001, "0000-02-29T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func bothWays(milliseconds: Int64, text: String) {
        let instant = Timestamp(milliseconds: milliseconds)
        #expect(instant.description == text)
        #expect(instant.iso8601.count == Timestamp.iso8601Length)
        #expect(Timestamp(iso8601: text) == instant)
        #expect(Timestamp(iso8601: Array(text.utf8)) == instant)
        #expect(Array(text.utf8).withUnsafeBufferPointer { Timestamp(iso8601Bytes: $0) } == instant)
    }

    @Test(
        "instants outside the years 0000 to 9999 are written as the nearest inside",
        arguments: [
            (253_402_300_800_000, "9999-12-31T23:59:59.999Z"), (.max, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"), (.min, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func clamped(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test(
        "other forms of ISO 8601 are read",
        arguments: [
            ("1970-01-02", 86_400_000), ("1970-01-01 00:00:01", 1_000), ("1970-01-01T00:01", 60_000),
            ("1970-01-01t00:00:00z", 0), ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T00:00:00,25Z", 250),
            ("1970-01-01T00:00:00.1239Z", 123), ("1970-01-01T00:00:00.000000000000000000000000001Z", 0),
            ("1970-01-01T01:00:00+01:00", 0), ("1970-01-01T01:30:00+0130", 0), ("1970-01-01T02:00:00+02", 0),
            ("1969-12-31T19:00:00-05:00", 0), ("1970-01-01T00:00:60Z", 60_000), ("1970-01-01T23:59Z", 86_340_000),
            ("1970-01-01T00:00:00+23:59", -86_340_000),
        ] as [(String, Int64)]
    )
    func otherForms(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "1970", "1970-01", "1970-1-1", "70-01-01", "1970-00-01", "1970-13-01", "1970-01-00", "1970-01-32",
            "1970-04-31", "1971-02-29", "1900-02-29", "2100-02-29", "1970-01-01T", "1970-01-01T1", "1970-01-01T24:00Z",
            "1970-01-01T00:60Z", "1970-01-01T00:00:61Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00ZZ",
            "1970-01-01T00:00:00 Z", " 1970-01-01", "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+01:60",
            "1970-01-01T00:00:00+1", "1970-01-01Z", "1970/01/01", "19700101T000000Z", "1970-01-01T00:00:00é",
            "+1970-01-01", "-1970-01-01", "1970-01-01T00:00:00+01:", "1970-01-01T00:00:00+01:0",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("a text cut anywhere is refused or an earlier precision, and never traps")
    func cut() {
        let text = Array("2026-11-21T04:33:00.123+01:30".utf8)
        let readable = Set([10, 16, 19, 21, 22, 23, 26, 29])
        for length in 0...text.count {
            #expect((Timestamp(iso8601: text[..<length]) != nil) == readable.contains(length), "\(length) bytes")
        }
    }

    @Test("the hot path reads what the general path reads, with any one byte of the fixed form changed to any other")
    func hotPath() {
        for text in ["2026-11-21T04:33:00.123Z", "2000-02-29T23:59:59.999Z", "1900-12-31T00:00:00.000Z"] {
            let original = Array(text.utf8)
            for index in original.indices {
                for byte in UInt8.min...UInt8.max {
                    var changed = original
                    changed[index] = byte
                    let hot = changed.withUnsafeBufferPointer { Timestamp(iso8601Bytes: $0) }
                    #expect(hot == Timestamp(iso8601: changed), "byte \(byte) at \(index) of \(text)")
                }
            }
        }
        #expect(
            UnsafeBufferPointer<UInt8>(start: nil, count: 0).withMemoryRebound(to: UInt8.self) {
                Timestamp(iso8601Bytes: $0)
            } == nil
        )
    }

    @Test("every day of eight centuries is written as itself and the next day differs by 24 hours")
    func everyDay() {
        var previous: Timestamp?
        for year in 1600...2400 {
            for month in 1...12 {
                for day in 1...31 {
                    let text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
                    guard let instant = Timestamp(iso8601: text) else {
                        #expect(day > 28)
                        continue
                    }
                    #expect(instant.description.hasPrefix(text))
                    if let previous { #expect(instant - previous == .seconds(86_400)) }
                    previous = instant
                }
            }
        }
    }

    private func padded(_ value: Int, _ width: Int) -> String {
        let text = "\(value)"
        return String(repeating: "0", count: width - text.count) + text
    }

    @Test("seconds and durations add up in milliseconds, rounded towards zero")
    func arithmetic() {
        #expect(Timestamp(seconds: 2) == Timestamp(milliseconds: 2_000))
        #expect(Timestamp(milliseconds: 5) + .microseconds(1_999) == Timestamp(milliseconds: 6))
        #expect(Timestamp(milliseconds: 5) - Timestamp(milliseconds: 8) == .milliseconds(-3))
        #expect(Duration.microseconds(-1_999).wholeMilliseconds == -1)
        #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
    }

    @Test("arithmetic at the ends of the range does not trap")
    func farAway() {
        #expect(Timestamp(milliseconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
        #expect(Timestamp(milliseconds: .min) + .seconds(-1) == Timestamp(milliseconds: .min))
        #expect(Timestamp(seconds: .max) == Timestamp(milliseconds: .max))
        #expect(Timestamp(seconds: .min) == Timestamp(milliseconds: .min))
        #expect(Timestamp(milliseconds: .max) - Timestamp(milliseconds: .min) == .milliseconds(Int64.max))
        #expect(Timestamp(milliseconds: .min) - Timestamp(milliseconds: .max) == .milliseconds(Int64.min))
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
    }
}
