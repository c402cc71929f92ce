import ArgumentParser
import GatewayClient

/// How a topic is to be set.
struct TopicSettingsOptions: ParsableArguments {
    /// Whose time records of Kafka producers show.
    enum TimestampOption: String, CaseIterable, ExpressibleByArgument {
        /// The log's, when they were appended.
        case append
        /// The producer's.
        case create
    }

    @Option(
        help: ArgumentHelp(
            "How long records are kept, by the time they were appended: 7d, 36h, 90min, forever.",
            valueName: "duration"
        )
    )
    var retention: RetentionOption?

    @Option(
        help: ArgumentHelp("How much is kept at least, of the whole topic: 10GiB, 500MB, unlimited.", valueName: "size")
    )
    var retentionBytes: RetentionBytesOption?

    @Option(
        help: ArgumentHelp("Bytes of a segment before the next one begins, 1MiB to 1GiB.", valueName: "size")
    )
    var segmentBytes: ByteCountOption?

    @Option(
        help: ArgumentHelp("Age of a segment at which the next one begins, 1s to 366d.", valueName: "duration")
    )
    var segmentTime: DurationOption?

    @Option(
        help: ArgumentHelp("Bytes of one batch of a Kafka producer at most, 1KiB to 16MiB.", valueName: "size")
    )
    var messageBytes: ByteCountOption?

    @Option(
        help: ArgumentHelp("Whose time records of Kafka producers show: append or create.", valueName: "time")
    )
    var timestamp: TimestampOption?

    /// What to ask the gateway for.
    var change: TopicChange {
        var change = TopicChange()
        change.retention = self.retention.map { $0.milliseconds.map { .at($0) } ?? .none }
        change.retentionBytes = self.retentionBytes.map { $0.bytes.map { .at($0) } ?? .none }
        change.segmentBytes = self.segmentBytes?.bytes
        change.segmentMilliseconds = self.segmentTime?.milliseconds
        change.messageBytes = self.messageBytes?.bytes
        change.timestamp = self.timestamp?.rawValue
        return change
    }
}
