/// What can be changed about a topic while it is used; kept in its `topic.meta`.
package struct TopicSettings: Equatable, Sendable {
    /// Which time a record of a Kafka producer shows.
    package enum TimestampType: String, CaseIterable, Sendable {
        /// The log's, when the record was appended: Event Hubs' EnqueuedTimeUtc.
        case logAppendTime = "append"
        /// The producer's. Retention goes by append time nevertheless.
        case createTime = "create"
    }

    /// Seven days, in ms.
    package static let retentionMillisecondsDefault: Int64 = 7 * 24 * 3_600_000
    /// Bytes a segment may be limited to: 1 MiB to 1 GiB.
    package static let segmentBytesRange = (1 << 20)...(1 << 30)
    /// Milliseconds a segment may be limited to: 1 s to 366 days.
    package static let segmentMillisecondsRange: ClosedRange<Int64> = 1_000...31_622_400_000
    /// Bytes a producer's batch may be limited to: 1 KiB to 16 MiB.
    package static let messageBytesRange = (1 << 10)...StoredFrame.recordBytesMax

    /// Age in ms at which records are removed, by append stamp and in whole segments, at least 1; `nil`: never.
    package var retentionMilliseconds: Int64?
    /// Bytes of the whole topic that are always kept, at least 1; the oldest segment goes when the others have as many.
    /// `nil`: no bound.
    package var retentionBytes: Int64?
    /// Bytes of a segment before the next one begins; one commit cycle may go over it.
    package var segmentBytesMax: Int
    /// Milliseconds from a segment's first record to the next segment, so that a quiet topic ages too.
    package var segmentMillisecondsMax: Int64
    /// Bytes of one RecordBatch of a Kafka producer at most, its header included.
    package var messageBytesMax: Int
    /// Whose time records of Kafka producers show.
    package var timestampType: TimestampType

    /// Settings; the values are the defaults.
    package init(
        retentionMilliseconds: Int64? = TopicSettings.retentionMillisecondsDefault,
        retentionBytes: Int64? = nil,
        segmentBytesMax: Int = 128 << 20,
        segmentMillisecondsMax: Int64 = 3_600_000,
        messageBytesMax: Int = 1_048_588,
        timestampType: TimestampType = .logAppendTime
    ) {
        self.retentionMilliseconds = retentionMilliseconds
        self.retentionBytes = retentionBytes
        self.segmentBytesMax = segmentBytesMax
        self.segmentMillisecondsMax = segmentMillisecondsMax
        self.messageBytesMax = messageBytesMax
        self.timestampType = timestampType
    }

    /// What is wrong with the settings, as "name value: what is possible"; `nil` when nothing is.
    package var fault: String? {
        if let age = self.retentionMilliseconds, age < 1 { return "retention \(age) ms: at least 1, or none" }
        if let bytes = self.retentionBytes, bytes < 1 { return "retention of \(bytes) bytes: at least 1, or none" }
        if !TopicSettings.segmentBytesRange.contains(self.segmentBytesMax) {
            return "segment size \(self.segmentBytesMax) bytes: 1 MiB to 1 GiB"
        }
        if !TopicSettings.segmentMillisecondsRange.contains(self.segmentMillisecondsMax) {
            return "segment age \(self.segmentMillisecondsMax) ms: 1 second to 366 days"
        }
        if !TopicSettings.messageBytesRange.contains(self.messageBytesMax) {
            return "message size \(self.messageBytesMax) bytes: 1 KiB to 16 MiB"
        }
        return nil
    }

    /// The same for a topic of this name: the gateway's own ones show the log's times.
    package func fault(ofTopic name: String) -> String? {
        if self.timestampType == .createTime, TopicName.isOfGateway(name) {
            return "timestamp create: the gateway's own topics show append times"
        }
        return self.fault
    }

    /// Milliseconds from a segment's first record to the next segment in fact: no longer than records are kept.
    package var rollMilliseconds: Int64 {
        min(
            self.segmentMillisecondsMax,
            max(self.retentionMilliseconds ?? .max, TopicSettings.segmentMillisecondsRange.lowerBound)
        )
    }
}
