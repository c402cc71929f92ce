import NIOCore

/// How fast a client that reads ahead is answered while it is behind: as fast as its application takes the records.
///
/// librdkafka asks until ``queuedRecords`` or ``queuedBytes`` wait for the application, and then for nothing during a whole
/// second (`queued.min.messages`, `queued.max.messages.kbytes`, `fetch.queue.backoff.ms`), which an application empties in a
/// tenth of it. A server that answers as fast as it can so makes such a client stand still most of the time.
///
/// ```
/// free ── paused with records behind the last answer ──► limited: answers are spaced, a little closer each time
///  ▲                                                        │ paused again: a new estimate
///  └──────────── the end was reached, or the pause was not the library's ─────────────┘
/// ```
/// Pure; `now` is monotonic. Source: librdkafka CONFIGURATION.md.
struct ReadAheadRate: Equatable, Sendable {
    /// A client that asks for nothing for so long has paused; for longer, and its application does not read at all.
    static let pause = TimeAmount.milliseconds(300)...TimeAmount.milliseconds(2_500)
    /// What waits in a client when it pauses, by its defaults: whichever comes first.
    static let queuedRecords = 100_000.0
    static let queuedBytes = Double(64 << 20)
    /// Answers come this much slower than the estimate, so that the queue does not fill again at once.
    static let margin = 0.9
    /// By which part the rate grows in ``growthInterval``: little when the estimate is one of the application's speed, much
    /// when only the least it can be is known.
    static let growth = 0.001
    static let growthUnsure = 0.25
    static let growthInterval = TimeAmount.milliseconds(100)
    /// In which time without a pause the growth doubles, up to ``growthUnsure``: the application has become faster.
    static let growthDoubling = TimeAmount.seconds(2)
    /// Where the growth begins anew, as a part of the estimate: no more is known to go well.
    static let ceiling = 0.95
    /// The longest an answer is held back.
    static let delayMax = TimeAmount.milliseconds(200)
    /// How long a stretch of the window is, and how many there are.
    static let stretch = TimeAmount.milliseconds(500)
    static let stretchesMax = 20

    /// Whether a client that says so in ApiVersions is built on librdkafka; others ask again as soon as they have room.
    static func isNeeded(by software: String) -> Bool {
        software.contains("rdkafka") || software.hasPrefix("confluent-kafka")
    }

    /// What was sent from a moment on.
    private struct Stretch: Equatable {
        var start: NIODeadline
        var records = 0.0
        var bytes = 0.0
    }

    /// Since the last pause, or the first Fetch: the oldest first.
    private var window: [Stretch] = []
    /// When the last Fetch came, or found records.
    private var askedAt: NIODeadline?
    private var lastAnswer: NIODeadline?
    private var leftMore = false
    /// `nil`: not limited.
    private(set) var recordsPerSecond: Double?
    private var growth = 0.0
    private var grownAt = NIODeadline.distantPast
    private var growthDoubledAt = NIODeadline.distantPast
    /// The estimate, until the rate has come close to it.
    private var estimate: Double?
    /// Before this the next answer does not leave.
    private var next = NIODeadline.distantPast

    /// A Fetch came.
    mutating func asked(at now: NIODeadline) {
        if self.leftMore, let lastAnswer, now - lastAnswer >= ReadAheadRate.pause.lowerBound {
            if now - lastAnswer <= ReadAheadRate.pause.upperBound {
                self.paused(after: lastAnswer, until: now)
            } else {
                self = ReadAheadRate()
            }
        }
        self.askedAt = now
    }

    /// The Fetch found nothing before this.
    mutating func waited(until now: NIODeadline) {
        self.askedAt = now
    }

    /// How long an answer waits that must leave at `deadline`.
    func delay(at now: NIODeadline, deadline: NIODeadline) -> TimeAmount {
        let due = min(self.next, deadline)
        return self.recordsPerSecond != nil && due > now ? due - now : .zero
    }

    /// An answer leaves; `leavesMore` when records are behind it.
    mutating func answered(records: Int, bytes: Int, leavesMore: Bool, at now: NIODeadline) {
        guard leavesMore else {
            self = ReadAheadRate()
            return
        }
        self.lastAnswer = now
        self.leftMore = true
        self.note(records: records, bytes: bytes, at: now)
        guard let rate = self.recordsPerSecond else { return }
        if now - self.grownAt >= ReadAheadRate.growthInterval {
            self.recordsPerSecond = rate * (1 + self.nextGrowth(of: rate, at: now))
            self.grownAt = now
        }
        let spacing = TimeAmount.nanoseconds(Int64(min(Double(records) / max(rate, 1), 60) * 1e9))
        self.next = min(max(self.next, now - ReadAheadRate.delayMax) + spacing, now + ReadAheadRate.delayMax)
    }

    private mutating func note(records: Int, bytes: Int, at now: NIODeadline) {
        if self.window.isEmpty { self.window.append(Stretch(start: self.askedAt ?? now)) }
        if now - self.window[self.window.count - 1].start >= ReadAheadRate.stretch {
            self.window.append(Stretch(start: now))
        }
        if self.window.count > ReadAheadRate.stretchesMax {
            let second = self.window.remove(at: 1)
            self.window[0].records += second.records
            self.window[0].bytes += second.bytes
        }
        self.window[self.window.count - 1].records += Double(records)
        self.window[self.window.count - 1].bytes += Double(bytes)
    }

    private mutating func paused(after last: NIODeadline, until now: NIODeadline) {
        // In any time before the pause it took what came, less what waited at its end; and until now it took all of it.
        var sum = Stretch(start: now)
        for stretch in self.window {
            sum.records += stretch.records
            sum.bytes += stretch.bytes
        }
        let queuedBytes = ReadAheadRate.queuedBytes * sum.records / max(sum.bytes, 1)
        let queued = min(ReadAheadRate.queuedRecords, queuedBytes)
        var estimate = 0.0
        var records = 0.0
        for stretch in self.window.reversed() {
            records += stretch.records
            estimate = max(estimate, (records - queued) / max(ReadAheadRate.seconds(last - stretch.start), 0.001))
        }
        let least = records / max(ReadAheadRate.seconds(now - (self.window.first?.start ?? last)), 0.001)
        let isSure = estimate > least
        self.recordsPerSecond = max(estimate * ReadAheadRate.margin, least)
        self.estimate = isSure ? estimate : nil
        self.growth = isSure ? ReadAheadRate.growth : ReadAheadRate.growthUnsure
        self.growthDoubledAt = now
        self.grownAt = now
        self.next = now
        self.window = [Stretch(start: now)]
    }

    private mutating func nextGrowth(of rate: Double, at now: NIODeadline) -> Double {
        if let estimate, rate >= estimate * ReadAheadRate.ceiling {
            self.estimate = nil
            self.growth = ReadAheadRate.growth
            self.growthDoubledAt = now
        } else if now - self.growthDoubledAt >= ReadAheadRate.growthDoubling {
            self.growth = min(self.growth * 2, ReadAheadRate.growthUnsure)
            self.growthDoubledAt = now
        }
        return self.growth
    }

    private static func seconds(_ time: TimeAmount) -> Double { Double(time.nanoseconds) / 1e9 }
}
