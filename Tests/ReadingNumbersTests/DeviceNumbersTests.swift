import Testing

@testable import ReadingNumbers

@Suite("What becomes of a numbered message")
struct DeviceNumbersTests {
    private static let message = ReadingSpan(text: "1:0-9")

    private static func device(_ synced: String = "") -> DeviceNumbers {
        var ranges = ReceivedRanges()
        _ = ranges.insert(synced)
        return DeviceNumbers(synced: ranges)
    }

    @Test(
        "only what is contained whole is a repeat",
        arguments: [
            ("1:0-9", DeviceNumbers.Judgement.repeated), ("1:2-5", .repeated), ("1:9-10", .new), ("1:10", .new),
            ("2:0-9", .new),
        ]
    )
    func containment(span: String, expected: DeviceNumbers.Judgement) {
        var device = Self.device("1:0-9")
        #expect(device.judge(ReadingSpan(text: span)) == expected)
    }

    @Test("a repeat of what is on its way waits with it; when that is synced it waits for nothing")
    func unsynced() {
        var device = Self.device()
        #expect(device.judge(Self.message) == .new)
        #expect(device.judge(Self.message) == .repeatedUnsynced)
        #expect(device.unsettled == 1)
        device.commit(Self.message, atMinute: 0)
        #expect(device.judge(Self.message) == .repeated)
        #expect(device.unsettled == 0)
    }

    @Test("what was lost with its log counts as never received, and what is still on its way does not")
    func failed() {
        var device = Self.device("1:100")
        let other = ReadingSpan(text: "1:10-19")
        #expect(device.judge(Self.message) == .new)
        #expect(device.judge(other) == .new)
        device.fail(1, unsettled: [other])
        #expect(device.judge(other) == .repeatedUnsynced)
        #expect(device.judge(Self.message) == .new)
        device.fail(2, unsettled: [ReadingSpan]())
        #expect(device.judge(other) == .new)
        #expect(device.judge(ReadingSpan(text: "1:100")) == .repeated)
    }

    @Test("what is on its way is forgotten when all of it is settled")
    func settled() {
        var device = Self.device()
        #expect(device.judge(Self.message) == .new)
        device.fail(1, unsettled: [ReadingSpan]())
        #expect(device.judge(Self.message) == .new)
        device.stageUnnumbered()
        device.commit(nil, atMinute: 0)
        device.commit(Self.message, atMinute: 0)
        #expect(device.unsettled == 0)
    }
}
