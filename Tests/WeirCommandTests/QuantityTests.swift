import Testing

@testable import weir

@Suite("Sizes and durations as people write them")
struct QuantityTests {
    @Test(
        "sizes",
        arguments: [
            ("0", 0), ("1", 1), ("1048576", 1_048_576), ("1b", 1), ("512KiB", 524_288), ("10GiB", 10_737_418_240),
            ("10 gib", 10_737_418_240), ("1.5MiB", 1_572_864), ("500MB", 500_000_000), ("1kB", 1_000),
            ("2T", 2_199_023_255_552), ("0.000001MB", 1), ("9223372036854775807", Int64.max),
        ]
    )
    func sizes(text: String, bytes: Int64) {
        #expect(ByteCountOption(argument: text)?.bytes == bytes)
    }

    @Test(
        "what is no size",
        arguments: [
            "", "GiB", "-1", "1e3", "1..5GiB", "1.GiB", ".5GiB", "1,5GiB", "10GiBx", "10 Gi B", "9223372036854775808",
            "9007199254740993KiB", "0.0000001MB", "unlimited", "١", "7d",
        ]
    )
    func noSize(text: String) {
        #expect(ByteCountOption(argument: text) == nil)
    }

    @Test(
        "durations",
        arguments: [
            ("500ms", 500), ("90s", 90_000), ("15min", 900_000), ("15m", 900_000), ("36h", 129_600_000),
            ("7d", 604_800_000), ("2w", 1_209_600_000), ("1.5h", 5_400_000), ("0s", 0), ("1y", 31_557_600_000),
        ]
    )
    func durations(text: String, milliseconds: Int64) {
        #expect(DurationOption(argument: text)?.milliseconds == milliseconds)
        #expect(RetentionOption(argument: text)?.milliseconds == milliseconds)
    }

    @Test("a number without a unit is no duration", arguments: ["", "7", "d", "-1d", "7 days", "7dd", "forever"])
    func noDuration(text: String) {
        #expect(DurationOption(argument: text) == nil)
    }

    @Test("forever and unlimited are no limit")
    func noLimit() throws {
        #expect(try #require(RetentionOption(argument: "forever")).milliseconds == nil)
        #expect(try #require(RetentionBytesOption(argument: "unlimited")).bytes == nil)
        #expect(try #require(RetentionBytesOption(argument: "1GiB")).bytes == 1 << 30)
        #expect(RetentionOption(argument: "unlimited") == nil)
        #expect(RetentionBytesOption(argument: "forever") == nil)
    }
}
