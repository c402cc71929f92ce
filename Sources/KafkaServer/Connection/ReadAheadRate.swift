import NIOCore

/// How fast a client that reads ahead is answered while it is behind: as fast as its application takes the records.
///
/// librdkafka asks until ``queuedRecords`` wait for the application, and then for nothing during a whole second
/// (`queued.min.messages`, `fetch.queue.backoff.ms`), which an application empties in a tenth of it. A server that answers
/// as fast as it can so makes such a client stand still most of the time.
///
/// ```
/// free ── paused with records behind the last answer ──► limited: answers are spaced, a little closer each time
///  ▲                                                        │ paused again: a new estimate
///  └──────────────────── the end was reached ───────────────┘
/// ```
/// Pure; `now` is monotonic. Source: librdkafka CONFIGURATION.md, fetch.queue.backoff.ms.
struct ReadAheadRate: Equatable, Sendable {
    /// A client that asks for nothing for so long has paused.
    static let pause = TimeAmount.milliseconds(300)
    /// Records that wait in a client when it pauses, by its default.
    static let queuedRecords = 100_000.0
    /// Answers come this much slower than the estimate, so that the queue does not fill again at once.
    static let margin = 0.9
    /// How much closer answers come in ``growthInterval``: little when the estimate is one of the application's speed, much
    /// when only the least it can be is known.
    static let growth = 1.01
    static let growthUnsure = 1.25
    static let growthInterval = TimeAmount.milliseconds(100)
    /// The longest an answer is held back.
    static let delayMax = TimeAmount.milliseconds(200)

    /// Whether a client that says so in ApiVersions is built on librdkafka; others ask again as soon as they have room.
    static func isNeeded(by software: String) -> Bool {
        software.contains("rdkafka") || software.hasPrefix("confluent-kafka")
    }

    /// Since the last pause, or the first answer.
    private var windowStart: NIODeadline?
    private var windowRecords = 0.0
    private var lastAnswer: NIODeadline?
    private var leftMore = false
    /// `nil`: not limited.
    private(set) var recordsPerSecond: Double?
    private var isSure = false
    private var grownAt = NIODeadline.distantPast
    /// Before this the next answer does not leave.
    private var next = NIODeadline.distantPast

    /// A Fetch came.
    mutating func asked(at now: NIODeadline) {
        guard self.leftMore, let lastAnswer, let start = self.windowStart, now - lastAnswer >= ReadAheadRate.pause
        else {
            return
        }
        // It took what came, less what waited when it paused, in the time until then; and all of it until now.
        let sending = max(Double((lastAnswer - start).nanoseconds) / 1e9, 0.001)
        let all = Double((now - start).nanoseconds) / 1e9
        let estimate = (self.windowRecords - ReadAheadRate.queuedRecords) / sending
        let least = self.windowRecords / all
        self.isSure = estimate > least
        self.recordsPerSecond = max(estimate * ReadAheadRate.margin, least)
        self.restart(at: now)
    }

    /// How long the answer waits.
    func delay(at now: NIODeadline) -> TimeAmount {
        self.recordsPerSecond != nil && self.next > now ? self.next - now : .zero
    }

    /// An answer leaves; `leavesMore` when records are behind it.
    mutating func answered(records: Int, leavesMore: Bool, at now: NIODeadline) {
        self.lastAnswer = now
        self.leftMore = leavesMore
        guard leavesMore else {
            self = ReadAheadRate()
            return
        }
        if self.windowStart == nil { self.restart(at: now) }
        self.windowRecords += Double(records)
        guard var rate = self.recordsPerSecond else { return }
        if now - self.grownAt >= ReadAheadRate.growthInterval {
            rate *= self.isSure ? ReadAheadRate.growth : ReadAheadRate.growthUnsure
            self.recordsPerSecond = rate
            self.grownAt = now
        }
        let spacing = TimeAmount.nanoseconds(Int64(min(Double(records) / max(rate, 1), 60) * 1e9))
        self.next = min(max(self.next, now - ReadAheadRate.delayMax) + spacing, now + ReadAheadRate.delayMax)
    }

    private mutating func restart(at now: NIODeadline) {
        self.windowStart = now
        self.windowRecords = 0
        self.grownAt = now
        self.next = now
    }
}
