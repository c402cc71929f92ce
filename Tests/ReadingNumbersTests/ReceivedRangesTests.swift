import TestSupport
import Testing

@testable import ReadingNumbers

@Suite("Ranges of received numbers")
struct ReceivedRangesTests {
    @Test(
        "ranges grow, meet and stay apart",
        arguments: [
            ("", ""), ("1:5", "1:5-5"), ("1:0-9 1:10-19", "1:0-19"), ("1:10-19 1:0-9", "1:0-19"),
            ("1:0-9 1:11-19", "1:0-9 11-19"), ("1:0-9 1:11-19 1:10", "1:0-19"), ("1:0-9 1:5-14", "1:0-14"),
            ("1:5-14 1:0-9", "1:0-14"), ("1:0-9 1:3-4", "1:0-9"), ("1:3-4 1:0-9", "1:0-9"),
            ("1:0 1:2 1:4 1:1-3", "1:0-4"), ("1:0 1:2 1:4 1:0-9", "1:0-9"), ("1:0-9 2:0-4 1:10", "1:0-10 2:0-4"),
            ("2:0-4 1:0-9 2:5", "1:0-9 2:0-5"), ("1:100-199 1:0-4 1:200 1:5-9", "1:0-9 100-200"),
            ("1:0-9 1:20-29 2:7 1:10-19", "1:0-29 2:7-7"),
            ("1:4611686018427387903 1:0", "1:0-0 4611686018427387903-4611686018427387903"),
        ]
    )
    func growth(spans: String, expected: String) {
        var ranges = ReceivedRanges()
        let effects = ranges.insert(spans)
        #expect(ranges.text == expected)
        #expect(effects.forgotten == 0 && effects.gaps.isEmpty)
    }

    @Test(
        "a message is known only when all of it came, in one epoch",
        arguments: [
            ("1:0-9", true), ("1:3-7", true), ("1:9", true), ("1:9-10", false), ("1:10", false), ("1:10-11", false),
            ("1:8-21", false), ("1:20-29", true), ("2:0-9", false), ("3:0-4", true), ("3:0-5", false), ("0:0", false),
        ]
    )
    func containment(span: String, expected: Bool) {
        var ranges = ReceivedRanges()
        _ = ranges.insert("1:0-9 1:20-29 3:0-4")
        #expect(ranges.contains(ReadingSpan(text: span)) == expected)
    }

    @Test("a hole is waited for since the minute in which it was noticed, also in parts")
    func ages() {
        var ranges = ReceivedRanges()
        _ = ranges.insert("1:0-9", atMinute: 5)
        #expect(ranges.holes.isEmpty)
        _ = ranges.insert("1:20-29", atMinute: 7)
        _ = ranges.insert("1:14-15", atMinute: 9)
        _ = ranges.insert("1:40", atMinute: 11)
        #expect(ranges.holes.map(\.span) == [ReadingSpan](text: "1:10-13 1:16-19 1:30-39"))
        #expect(ranges.holes.map(\.since) == [7, 7, 11])
        var effects = NumberEffects()
        ranges.expire(noticedBy: 6, effects: &effects)
        #expect(effects.text == "")
        ranges.expire(noticedBy: 7, effects: &effects)
        #expect(effects.text == "missing 1:10-13, missing 1:16-19")
        #expect(ranges.text == "1:0-9 x10-13 14-15 x16-19 20-29 40-40")
        ranges.expire(noticedBy: 10, effects: &effects)
        #expect(effects.gaps.count == 2)
        #expect(ranges.hasHoles)
    }

    @Test("what is below the first that came is waited for from then on that something lower came")
    func lowerFirst() {
        var ranges = ReceivedRanges()
        _ = ranges.insert("1:100-109", atMinute: 3)
        #expect(!ranges.hasHoles)
        _ = ranges.insert("1:0-9", atMinute: 8)
        #expect(ranges.holes.map(\.span) == [ReadingSpan](text: "1:10-99"))
        #expect(ranges.holes.map(\.since) == [8])
    }

    @Test(
        "a drop tells what did not come, once",
        arguments: [
            ("1:10-19", "dropped 1:10-19", "1:0-9 x10-19 20-29"),
            ("1:5-24", "dropped 1:10-19", "1:0-9 x10-19 20-29"),
            (
                "1:10-12 1:10-14 1:16-16", "dropped 1:10-12, dropped 1:13-14, dropped 1:16-16",
                "1:0-9 x10-14 x16-16 20-29"
            ),
            ("1:30-39", "dropped 1:30-39", "1:0-9 20-29 x30-39"), ("1:0-9", "", "1:0-9 20-29"),
            ("2:0-4", "dropped 2:0-4", "1:0-9 20-29 2:x0-4"),
            ("1:15-34", "dropped 1:15-19, dropped 1:30-34", "1:0-9 x15-19 20-29 x30-34"),
        ]
    )
    func drops(spans: String, gaps: String, expected: String) {
        var ranges = ReceivedRanges()
        _ = ranges.insert("1:0-9 1:20-29")
        var effects = NumberEffects()
        for span in [ReadingSpan](text: spans) { ranges.drop(span, atMinute: 1, effects: &effects) }
        #expect(effects.text == gaps)
        #expect(ranges.text == expected)
        for span in [ReadingSpan](text: spans) { ranges.drop(span, atMinute: 1, effects: &effects) }
        #expect(effects.text == gaps, "each once")
    }

    @Test("what was told as missing and comes after all was never received before")
    func lateAfterAll() {
        var ranges = ReceivedRanges()
        _ = ranges.insert("1:0-9 1:20-29")
        var effects = NumberEffects()
        ranges.drop(ReadingSpan(text: "1:10-19"), atMinute: 1, effects: &effects)
        #expect(!ranges.contains(ReadingSpan(text: "1:12-13")))
        _ = ranges.insert("1:12-13")
        #expect(ranges.text == "1:0-9 x10-11 12-13 x14-19 20-29")
        #expect(ranges.contains(ReadingSpan(text: "1:12-13")))
        _ = ranges.insert("1:10-19")
        #expect(ranges.text == "1:0-29")
        #expect(!ranges.hasHoles)
    }

    @Test("32 ranges of an epoch are kept; of 33 the lowest is forgotten, and what was waited for below is told")
    func manyRanges() {
        var ranges = ReceivedRanges()
        for number in 0..<32 { _ = ranges.insert("1:\(number * 10)") }
        #expect(ranges.contains(ReadingSpan(text: "1:0")))
        let effects = ranges.insert("1:320")
        #expect(effects.forgotten == 1)
        #expect(effects.text == "unwatched 1:1-9")
        #expect(!ranges.contains(ReadingSpan(text: "1:0")))
        #expect(ranges.contains(ReadingSpan(text: "1:10")) && ranges.contains(ReadingSpan(text: "1:320")))
        // A repeat of what is forgotten is let through, and makes nothing missing of what lies above it.
        let again = ranges.insert("1:0")
        #expect(again.forgotten == 1 && again.gaps.isEmpty)
        #expect(ranges.ranges.count == 32)
    }

    @Test("below what was forgotten nothing is waited for")
    func unwatched() {
        var ranges = ReceivedRanges()
        for number in 0..<33 { _ = ranges.insert("1:\(number * 2)") }
        _ = ranges.insert("1:2-64")
        #expect(ranges.text == "1:2-64")
        _ = ranges.insert("1:0", atMinute: 4)
        #expect(ranges.text == "1:0-0 2-64")
        #expect(!ranges.hasHoles)
    }

    @Test("four epochs are kept; a fifth takes the place of the lowest other, whatever its own number")
    func epochs() {
        var ranges = ReceivedRanges()
        _ = ranges.insert("5:0 5:4 6:0-9 7:0-9 8:0-9")
        let effects = ranges.insert("1:0-3")
        #expect(effects.text == "unwatched 5:1-3")
        #expect(effects.forgotten == 2)
        #expect(ranges.text == "1:0-3 6:0-9 7:0-9 8:0-9")
    }

    @Test(
        "against sets of numbers: nothing counts as received that did not come, and below the bounds nothing is forgotten"
    )
    func model() {
        var random = SeededGenerator.announced()
        for _ in 0..<300 {
            var ranges = ReceivedRanges()
            var received: Set<UInt64> = []
            var told: Set<UInt64> = []
            let numberMax = UInt64.random(in: 10...400, using: &random)
            for minute in 1...UInt32.random(in: 1...120, using: &random) {
                let first = UInt64.random(in: 0...numberMax, using: &random)
                let span = ReadingSpan(text: "1:\(first)-\(first + UInt64.random(in: 0...12, using: &random))")
                let numbers = Set(span.first...span.last)
                var effects = NumberEffects()
                switch Int.random(in: 0..<8, using: &random) {
                case 0:
                    ranges.drop(span, atMinute: minute, effects: &effects)
                    // What is told now is new, and all of it is in the span.
                    for (gap, reason) in effects.gaps where reason == .dropped {
                        let gap = Set(gap.first...gap.last)
                        #expect(
                            gap.isSubset(of: numbers) && gap.isDisjoint(with: received) && gap.isDisjoint(with: told)
                        )
                        told.formUnion(gap)
                    }
                case 1:
                    ranges.expire(noticedBy: minute / 2, effects: &effects)
                    for (gap, _) in effects.gaps {
                        let gap = Set(gap.first...gap.last)
                        #expect(gap.isDisjoint(with: received) && gap.isDisjoint(with: told))
                        told.formUnion(gap)
                    }
                default:
                    ranges.insert(span, atMinute: minute, effects: &effects)
                    received.formUnion(numbers)
                    told.subtract(numbers)
                }
                if effects.forgotten > 0 { break }
                let known = Set(ranges.ranges.filter(\.isReceived).flatMap { $0.first...$0.last })
                #expect(known == received)
                for (below, above) in zip(ranges.ranges, ranges.ranges.dropFirst()) {
                    #expect(below.last < above.first && (below.last + 1 < above.first || below.isTold != above.isTold))
                }
            }
        }
    }

    @Test("beyond the bounds the memory is bounded, and still nothing counts that did not come")
    func bounds() {
        var random = SeededGenerator.announced()
        var ranges = ReceivedRanges()
        var received: Set<ReadingSpan> = []
        for minute in 0..<3_000 {
            let first = UInt64.random(in: 0...100_000, using: &random) * 2
            let span = ReadingSpan(text: "\(UInt32.random(in: 0...7, using: &random)):\(first)")
            var effects = NumberEffects()
            ranges.insert(span, atMinute: UInt32(minute), effects: &effects)
            received.insert(span)
            let known = ranges.ranges
            #expect(Set(known.map(\.epoch)).count <= 4 && known.count <= 128)
            for range in known where range.isReceived {
                #expect(
                    range.first == range.last && received.contains(ReadingSpan(text: "\(range.epoch):\(range.first)"))
                )
            }
        }
    }
}
