import LogFormat
import Testing

@Suite("Settings of a topic, contracts/kafka.md §7")
struct TopicSettingsTests {
    @Test("the defaults can be had: seven days, 128 MiB, an hour, Kafka's message size, append time")
    func defaults() {
        let settings = TopicSettings()
        #expect(settings.fault == nil)
        #expect(settings.retentionMilliseconds == 604_800_000 && settings.retentionBytes == nil)
        #expect(settings.segmentBytesMax == 134_217_728 && settings.segmentMillisecondsMax == 3_600_000)
        #expect(settings.messageBytesMax == 1_048_588 && settings.timestampType == .logAppendTime)
    }

    @Test(
        "both sides of every limit",
        arguments: [
            (TopicSettings(retentionMilliseconds: 0), "retention"), (TopicSettings(retentionMilliseconds: 1), nil),
            (TopicSettings(retentionMilliseconds: nil), nil), (TopicSettings(retentionMilliseconds: .max), nil),
            (TopicSettings(retentionBytes: 0), "retention"), (TopicSettings(retentionBytes: 1), nil),
            (TopicSettings(segmentBytesMax: (1 << 20) - 1), "segment size"),
            (TopicSettings(segmentBytesMax: 1 << 20), nil),
            (TopicSettings(segmentBytesMax: 1 << 30), nil),
            (TopicSettings(segmentBytesMax: (1 << 30) + 1), "segment size"),
            (TopicSettings(segmentMillisecondsMax: 999), "segment age"),
            (TopicSettings(segmentMillisecondsMax: 1_000), nil),
            (TopicSettings(segmentMillisecondsMax: 31_622_400_000), nil),
            (TopicSettings(segmentMillisecondsMax: 31_622_400_001), "segment age"),
            (TopicSettings(messageBytesMax: 1_023), "message size"), (TopicSettings(messageBytesMax: 1_024), nil),
            (TopicSettings(messageBytesMax: 16 << 20), nil),
            (TopicSettings(messageBytesMax: (16 << 20) + 1), "message size"),
        ] as [(TopicSettings, String?)]
    )
    func limits(settings: TopicSettings, fault: String?) {
        #expect(settings.fault?.hasPrefix(fault ?? "?") ?? true)
        #expect((settings.fault == nil) == (fault == nil))
    }

    @Test(
        "a segment is never older than its records are kept, and never younger than a second",
        arguments: [
            (nil, 3_600_000, 3_600_000), (3_600_001, 3_600_000, 3_600_000), (600_000, 3_600_000, 600_000),
            (1, 3_600_000, 1_000),
        ] as [(Int64?, Int64, Int64)]
    )
    func rollAge(retention: Int64?, segment: Int64, expected: Int64) {
        let settings = TopicSettings(retentionMilliseconds: retention, segmentMillisecondsMax: segment)
        #expect(settings.rollMilliseconds == expected)
    }
}
