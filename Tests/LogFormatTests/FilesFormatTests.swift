import LogFormat
import Testing

@Suite("Segment header, clean mark, topic description")
struct FilesFormatTests {
    private static let header = SegmentHeader(
        number: 7,
        salt: 0xdead_beef,
        cycle: 0x0102,
        stamp: workedTime,
        previousBytes: 4_096,
        nextOffsets: [5, 0]
    )

    @Test("a segment begins with magic and format version, and has the drawn layout")
    func headerLayout() {
        let bytes = FilesFormatTests.header.bytes
        #expect(Array(bytes[..<8]) == Array("WEIRSEG".utf8) + [1])
        let fields = hex(
            "0000000000000007 deadbeef 0102 0002 000001a1ee565e00 0000000000001000 0000000000000005 0000000000000000"
        )
        #expect(Array(bytes[8..<56]) == fields)
        #expect(bytes.count == 60 && bytes.count == SegmentHeader.size(partitionCount: 2))
        #expect(bytes.withUnsafeBytes { SegmentHeader(reading: $0, partitionCount: 2) } == FilesFormatTests.header)
    }

    @Test("a changed, short or foreign segment header is refused")
    func headerDamage() {
        let bytes = FilesFormatTests.header.bytes
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 0x10
            #expect(flipped.withUnsafeBytes { SegmentHeader(reading: $0, partitionCount: 2) } == nil)
            #expect(Array(bytes[..<index]).withUnsafeBytes { SegmentHeader(reading: $0, partitionCount: 2) } == nil)
        }
        #expect(bytes.withUnsafeBytes { SegmentHeader(reading: $0, partitionCount: 1) } == nil)
        #expect(bytes.withUnsafeBytes { SegmentHeader(reading: $0, partitionCount: 3) } == nil)
    }

    @Test("a clean mark reads back, and a changed, short or long one is refused")
    func cleanMark() {
        let mark = CleanMark(segment: 3, bytes: 1_000, nextOffsets: [1, 2, 3])
        let bytes = mark.encoded
        #expect(Array(bytes[..<8]) == Array("WEIRCLN".utf8) + [1])
        #expect(CleanMark(reading: bytes, partitionCount: 3) == mark)
        #expect(CleanMark(reading: bytes, partitionCount: 2) == nil)
        #expect(CleanMark(reading: bytes + [0], partitionCount: 3) == nil)
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1
            #expect(CleanMark(reading: flipped, partitionCount: 3) == nil)
            #expect(CleanMark(reading: Array(bytes[..<index]), partitionCount: 3) == nil)
        }
    }

    @Test("a topic's description is lines of text that begin with the format version")
    func description() {
        let settings = TopicSettings(
            retentionMilliseconds: nil,
            retentionBytes: 5_000_000_000,
            segmentBytesMax: 1 << 20,
            segmentMillisecondsMax: 1_000,
            messageBytesMax: 2_000,
            timestampType: .createTime
        )
        let text = TopicDescription(partitionCount: 4, settings: settings).text
        #expect(
            text.hasPrefix(
                """
                weir-topic 2
                partitions 4
                retention-milliseconds unlimited
                retention-bytes 5000000000
                segment-bytes 1048576
                segment-milliseconds 1000
                message-bytes 2000
                timestamp create
                checksum\u{20}
                """
            )
        )
        for settings in [settings, TopicSettings()] {
            let description = TopicDescription(partitionCount: 4, settings: settings)
            #expect(TopicDescription(reading: Array(description.text.utf8)) == description)
        }
    }

    @Test("a description of format 1, without settings, is still read")
    func oldDescription() {
        let old = "weir-topic 1\npartitions 4\nchecksum 7702938b\n"
        #expect(TopicDescription(partitionCount: 4, settings: nil).text == old)
        #expect(TopicDescription(reading: Array(old.utf8)) == TopicDescription(partitionCount: 4, settings: nil))
    }

    @Test("a description with any byte changed, left out or added is refused")
    func changedDescription() {
        for settings in [nil, TopicSettings()] {
            let bytes = Array(TopicDescription(partitionCount: 4, settings: settings).text.utf8)
            for index in bytes.indices {
                var flipped = bytes
                flipped[index] ^= 1
                #expect(TopicDescription(reading: flipped) == nil, "byte \(index)")
                #expect(TopicDescription(reading: Array(bytes[..<index])) == nil, "byte \(index)")
                let longer = Array(bytes[..<index]) + [0x20] + Array(bytes[index...])
                #expect(TopicDescription(reading: longer) == nil, "byte \(index)")
            }
        }
    }

    @Test(
        "a description of another format or with values that cannot be is refused",
        arguments: [
            "", "weir-topic 1\n", "weir-topic 1\npartitions 4\n", "weir-topic 1\npartitions 4\nchecksum 00000000\n",
            TopicDescription(partitionCount: 4, settings: nil).text.replacing("topic 1", with: "topic 2"),
            TopicDescription(partitionCount: 4, settings: TopicSettings()).text.replacing("topic 2", with: "topic 3"),
            TopicDescription(partitionCount: 0, settings: nil).text,
            TopicDescription(partitionCount: 33, settings: TopicSettings()).text,
            TopicDescription(partitionCount: 4, settings: TopicSettings(segmentBytesMax: 0)).text,
        ]
    )
    func otherDescription(text: String) {
        #expect(TopicDescription(reading: Array(text.utf8)) == nil)
    }

    @Test("1 and 32 partitions are possible", arguments: [1, 32])
    func partitionLimits(count: Int) {
        let text = TopicDescription(partitionCount: count, settings: nil).text
        #expect(TopicDescription(reading: Array(text.utf8))?.partitionCount == count)
    }

    @Test(
        "topic names are those of Kafka, contracts/kafka.md §7",
        arguments: [
            ("telemetry", true), ("_mqtt", true), ("A.b-c_9", true), ("...", true),
            (String(repeating: "x", count: 249), true),
            (String(repeating: "x", count: 250), false), ("", false), (".", false), ("..", false), ("a/b", false),
            ("a b", false), ("é", false), ("a\0", false),
        ]
    )
    func names(name: String, isValid: Bool) {
        #expect(TopicName.isValid(name) == isValid)
    }
}
