package import TelemetryModel

/// Readings that wait to be sent, in memory: bounded in bytes, and when full the oldest goes, counted.
///
/// Invariants:
/// - entries are in order of ``Entry/position``, which grows by one with each reading and is never used twice;
/// - ``usedBytes`` is the sum of the entries' cost and never above `sizeMaxBytes` when a call returns.
package struct ReadingRing: Sendable {
    /// One message body and where it stands in the sequence of all readings of this run.
    package struct Entry: Equatable, Sendable {
        package let position: Int64
        /// When it was measured, for reporting a gap.
        package let instant: Timestamp
        package let body: [UInt8]
        /// Whether it was given to the broker before, so that a resend is not counted as a reading sent.
        package var wasSent: Bool

        package init(position: Int64, instant: Timestamp, body: [UInt8], wasSent: Bool = false) {
            self.position = position
            self.instant = instant
            self.body = body
            self.wasSent = wasSent
        }

        /// Bytes it is charged: the body and what the allocator and this struct add.
        package var cost: Int { self.body.count + ReadingRing.entryOverheadBytes }
    }

    /// What was dropped for room: how many, and the time they span.
    package struct Gap: Equatable, Sendable {
        package var count: Int
        package var first: Timestamp
        package var last: Timestamp
    }

    package static let entryOverheadBytes = 96

    private let sizeMaxBytes: Int
    /// Entries before `head` are gone and await removal.
    private var entries: [Entry?] = []
    private var head = 0
    private var nextPosition: Int64 = 0
    package private(set) var usedBytes = 0
    /// Readings dropped since the ring was made.
    package private(set) var droppedCount = 0
    /// Readings dropped since ``takeGap()``.
    private var gap: Gap?

    package init(sizeMaxBytes: Int) {
        self.sizeMaxBytes = sizeMaxBytes
    }

    package var count: Int { self.entries.count - self.head }
    package var isEmpty: Bool { self.count == 0 }

    /// Adds the newest reading and drops the oldest ones for it if needed, itself too when it alone is too large.
    package mutating func append(_ body: [UInt8], at instant: Timestamp) {
        let entry = Entry(position: self.nextPosition, instant: instant, body: body)
        self.nextPosition += 1
        self.entries.append(entry)
        self.usedBytes += entry.cost
        self.makeRoom()
    }

    /// Takes the oldest reading out, to send it.
    package mutating func popFirst() -> Entry? {
        guard self.head < self.entries.count, let entry = self.entries[self.head] else { return nil }
        self.entries[self.head] = nil
        self.head += 1
        self.usedBytes -= entry.cost
        // Moved rarely, so that taking stays O(1) on average.
        if self.head >= 64, self.head * 2 >= self.entries.count {
            self.entries.removeFirst(self.head)
            self.head = 0
        }
        return entry
    }

    /// Puts readings back that were taken but not acknowledged; they are older than all that wait.
    ///
    /// - Parameter unacknowledged: in order of position.
    package mutating func putBack(_ unacknowledged: [Entry]) {
        guard !unacknowledged.isEmpty else { return }
        self.entries.replaceSubrange(0..<self.head, with: unacknowledged)
        self.head = 0
        for entry in unacknowledged { self.usedBytes += entry.cost }
        self.makeRoom()
    }

    /// What was dropped since the last call, for the log.
    package mutating func takeGap() -> Gap? {
        defer { self.gap = nil }
        return self.gap
    }

    private mutating func makeRoom() {
        while self.usedBytes > self.sizeMaxBytes, let dropped = self.popFirst() {
            self.droppedCount += 1
            let first = self.gap?.first ?? dropped.instant
            self.gap = Gap(count: (self.gap?.count ?? 0) + 1, first: first, last: dropped.instant)
        }
    }
}
