import ReadingNumbers
import Testing

@Suite("weir-epoch, weir-seq, weir-count and weir-dropped, DESIGN section 5")
struct MessageNumbersReaderTests {
    /// `name=value&…` as properties.
    private static func read(_ bag: String) -> MessageNumbers? {
        var reader = MessageNumbersReader()
        for pair in bag.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            reader.note(name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
        }
        return reader.numbers
    }

    private static func span(_ epoch: UInt32, _ first: UInt64, _ last: UInt64) -> ReadingSpan? {
        ReadingSpan(epoch: epoch, first: first, last: last)
    }

    @Test("a message without them has none", arguments: ["", "a=1", "weir-historical=true", "weir-seqs=1", "weir-=1"])
    func none(bag: String) {
        #expect(Self.read(bag) == nil)
    }

    @Test(
        "three decimal numbers are a span",
        arguments: [
            ("weir-epoch=0&weir-seq=0&weir-count=1", Self.span(0, 0, 0)),
            ("weir-count=10&x=y&weir-seq=5&weir-epoch=7", Self.span(7, 5, 14)),
            (
                "weir-epoch=4294967295&weir-seq=4611686018427387903&weir-count=1",
                Self.span(.max, (1 << 62) - 1, (1 << 62) - 1)
            ),
            ("weir-epoch=1&weir-seq=0&weir-count=1048576", Self.span(1, 0, 1_048_575)),
            ("weir-epoch=0001&weir-seq=00&weir-count=02", Self.span(1, 0, 1)),
        ]
    )
    func spans(bag: String, expected: ReadingSpan?) throws {
        let numbers = try #require(Self.read(bag))
        #expect(numbers.span == expected && expected != nil)
        #expect(!numbers.isMalformed && numbers.dropped.isEmpty)
    }

    @Test(
        "anything else is malformed, and no number at all",
        arguments: [
            "weir-epoch=1", "weir-seq=1", "weir-epoch=1&weir-seq=1", "weir-epoch=1&weir-count=1",
            "weir-epoch=4294967296&weir-seq=1&weir-count=1", "weir-epoch=-1&weir-seq=1&weir-count=1",
            "weir-epoch=1&weir-seq=4611686018427387904&weir-count=1",
            "weir-epoch=1&weir-seq=4611686018427387903&weir-count=2", "weir-epoch=1&weir-seq=1&weir-count=0",
            "weir-epoch=1&weir-seq=1&weir-count=1048577", "weir-epoch=1&weir-seq=+1&weir-count=1",
            "weir-epoch=1&weir-seq= 1&weir-count=1", "weir-epoch=1&weir-seq=&weir-count=1",
            "weir-epoch=1&weir-seq=0x1&weir-count=1", "weir-epoch=1&weir-seq=1.0&weir-count=1",
            "weir-epoch=1&weir-seq=99999999999999999999&weir-count=1", "weir-epoch=1&weir-seq=١&weir-count=1",
            "weir-epoch=1&weir-seq=1&weir-seq=1&weir-count=1",
        ]
    )
    func malformed(bag: String) throws {
        let numbers = try #require(Self.read(bag))
        #expect(numbers.span == nil && numbers.isMalformed)
    }

    @Test("what the device gave up, of this epoch or of others")
    func dropped() throws {
        let numbers = try #require(Self.read("weir-epoch=3&weir-seq=9&weir-count=1&weir-dropped=1-4,2:7-7,6-8"))
        #expect(numbers.span == Self.span(3, 9, 9))
        #expect(numbers.dropped == [Self.span(3, 1, 4), Self.span(2, 7, 7), Self.span(3, 6, 8)].compactMap { $0 })
        #expect(!numbers.isMalformed)
        let alone = try #require(Self.read("weir-dropped=2:0-3"))
        #expect(alone.span == nil && alone.dropped == [Self.span(2, 0, 3)].compactMap { $0 } && !alone.isMalformed)
    }

    @Test(
        "a drop that cannot be read leaves the message its number",
        arguments: ["", "1", "4-1", "1-2,", ",1-2", "1-2-3", "a:1-2", "1:2:3-4", "1- 2", "4294967296:1-2", "-1"]
    )
    func malformedDrop(text: String) throws {
        let numbers = try #require(Self.read("weir-epoch=3&weir-seq=9&weir-count=1&weir-dropped=\(text)"))
        #expect(numbers.span == Self.span(3, 9, 9) && numbers.dropped.isEmpty && numbers.isMalformed)
    }

    @Test("64 drops are taken, 65 are not")
    func manyDrops() throws {
        func bag(_ count: Int) -> String {
            "weir-epoch=1&weir-dropped=" + (0..<count).map { "\($0 * 3)-\($0 * 3)" }.joined(separator: ",")
        }
        #expect(Self.read(bag(64))?.dropped.count == 64)
        #expect(Self.read(bag(65))?.dropped.isEmpty == true)
        #expect(Self.read(bag(65))?.isMalformed == true)
    }
}
