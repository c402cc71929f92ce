import DequeModule
import MQTTProtocol
import TelemetryModel

/// Lifecycle events that wait to be written: a bounded queue, with a rate for what strangers can cause.
///
/// Pure: time is an argument; `now` is monotonic.
///
/// - At most ``eventsMax`` wait; beyond it the newest are dropped.
/// - A refusal gets a record of its own at 50 a second after a burst of 200, and at 10,000 an hour in the long run;
///   what is beyond that is counted and becomes one record with ``summarize(at:)``. So a port scanner costs the disk
///   some 100 MB a day at most.
struct LifecycleBacklog {
    /// What became of an event.
    enum Noted: Equatable {
        case kept
        /// The queue is full; `isFirst`: since it last was not.
        case dropped(isFirst: Bool)
        /// A refusal that is only counted.
        case counted
    }

    /// What a write, or its failure, changed.
    enum WriteChange: Equatable {
        /// Nothing: as the one before.
        case unchanged
        /// The first that failed since one succeeded.
        case stopped
        /// The first that succeeded since one failed; `lost`: records that were not written in between.
        case resumed(lost: Int)
    }

    /// An event, when it was, and its place in the sequence of all.
    struct Entry: Equatable, Sendable {
        var event: LifecycleEvent
        var time: Timestamp
        var sequence: UInt64
    }

    static let eventsMax = 65_536

    private var entries: Deque<Entry> = []
    private var isOverflowing = false
    /// The next event's.
    private var sequence: UInt64
    /// Records lost since the last write that succeeded; `nil` while writes succeed.
    private var lost: Int?
    /// Refusals that got no record of their own since the last summary.
    private var uncounted = 0
    private var second = TokenBucket(rate: 50, burst: 200)
    private var hour = TokenBucket(rate: 10_000.0 / 3_600, burst: 10_000)

    /// An empty backlog.
    ///
    /// - Parameter sequence: of the first event.
    init(sequence: UInt64) {
        self.sequence = sequence
    }

    /// Puts an event at the end.
    mutating func note(_ event: LifecycleEvent, at time: Timestamp, now: Duration) -> Noted {
        if case .refused = event {
            guard self.hour.wait(for: 1, at: now) == .zero, self.second.takeIfPresent(1, at: now) else {
                self.uncounted += 1
                return .counted
            }
            _ = self.hour.take(1, at: now)
        }
        return self.append(event, at: time)
    }

    /// Makes one event of the refusals that were only counted; call once a second.
    ///
    /// - Returns: whether there was anything to tell.
    mutating func summarize(at time: Timestamp) -> Bool {
        guard self.uncounted > 0 else { return false }
        // A full queue keeps the count for the next time.
        guard case .kept = self.append(.moreRefused(self.uncounted), at: time) else { return false }
        self.uncounted = 0
        return true
    }

    /// Takes the oldest events out, at most so many.
    mutating func take(atMost count: Int) -> [Entry] {
        let taken = Array(self.entries.prefix(count))
        self.entries.removeFirst(taken.count)
        if !taken.isEmpty { self.isOverflowing = false }
        return taken
    }

    /// Notes that records were written.
    mutating func noteWritten() -> WriteChange {
        guard let lost = self.lost else { return .unchanged }
        self.lost = nil
        return .resumed(lost: lost)
    }

    /// Notes that so many records could not be written, and are gone.
    mutating func noteLost(_ count: Int) -> WriteChange {
        defer { self.lost = (self.lost ?? 0) + count }
        return self.lost == nil ? .stopped : .unchanged
    }

    /// Takes places in the sequence for events that are written at once; returns the first.
    mutating func takeSequence(_ count: Int) -> UInt64 {
        defer { self.sequence += UInt64(count) }
        return self.sequence
    }

    private mutating func append(_ event: LifecycleEvent, at time: Timestamp) -> Noted {
        guard self.entries.count < LifecycleBacklog.eventsMax else {
            defer { self.isOverflowing = true }
            return .dropped(isFirst: !self.isOverflowing)
        }
        self.entries.append(Entry(event: event, time: time, sequence: self.sequence))
        self.sequence += 1
        return .kept
    }
}
