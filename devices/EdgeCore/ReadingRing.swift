/// Readings that wait in memory to be sent: numbered, bounded in bytes, and when full the oldest goes, counted.
///
/// Invariants:
/// - parcels are in order of their numbers, which grow by one with each reading and are never used twice;
/// - ``usedBytes`` is the sum of the readings' cost and never above `sizeMaxBytes` when a call returns.
package struct ReadingRing: Sendable {
    /// What was dropped for room: how many, and the time they span.
    package struct Gap: Equatable, Sendable {
        package var count: Int
        package var first: BootInstant
        package var last: BootInstant
    }

    /// What allocator and structs add to a reading's body, bytes.
    package static let readingOverheadBytes = 128

    private let epoch: UInt32
    private let sizeMaxBytes: Int
    /// Parcels before `head` are gone and await removal.
    private var parcels: [Parcel?] = []
    private var head = 0
    private var nextNumber: UInt64 = 0
    package private(set) var usedBytes = 0
    /// Readings that wait.
    package private(set) var count = 0
    /// Readings dropped since the ring was made.
    package private(set) var droppedCount = 0
    /// Readings dropped since ``takeGap()``.
    private var gap: Gap?

    /// - Parameters:
    ///   - epoch: Of all readings that are appended.
    ///   - sizeMaxBytes: Bound of ``usedBytes``.
    package init(epoch: UInt32, sizeMaxBytes: Int) {
        self.epoch = epoch
        self.sizeMaxBytes = sizeMaxBytes
    }

    package var isEmpty: Bool { self.count == 0 }

    /// Bytes a parcel is charged: bodies, and what the allocator and the structs add.
    package static func cost(of parcel: Parcel) -> Int {
        parcel.readings.reduce(0) { $0 + $1.body.count + self.readingOverheadBytes }
    }

    /// Numbers and adds the newest reading, and drops the oldest ones for it if needed, itself too when it alone is too
    /// large.
    package mutating func append(_ reading: Reading) {
        let parcel = Parcel(epoch: self.epoch, first: self.nextNumber, readings: [reading])
        self.nextNumber += 1
        self.parcels.append(parcel)
        self.count += 1
        self.usedBytes += Self.cost(of: parcel)
        self.makeRoom()
    }

    /// Takes the oldest out, to send it.
    package mutating func popFirst() -> Parcel? {
        guard self.head < self.parcels.count, let parcel = self.parcels[self.head] else { return nil }
        self.parcels[self.head] = nil
        self.head += 1
        self.count -= parcel.count
        self.usedBytes -= Self.cost(of: parcel)
        // Moved rarely, so that taking stays O(1) on average.
        if self.head >= 64, self.head * 2 >= self.parcels.count {
            self.parcels.removeFirst(self.head)
            self.head = 0
        }
        return parcel
    }

    /// Puts readings back that were taken but not acknowledged; they are older than all that wait.
    ///
    /// - Parameter unacknowledged: in order of their numbers.
    package mutating func putBack(_ unacknowledged: [Parcel]) {
        guard !unacknowledged.isEmpty else { return }
        self.parcels.replaceSubrange(0..<self.head, with: unacknowledged)
        self.head = 0
        for parcel in unacknowledged {
            self.count += parcel.count
            self.usedBytes += Self.cost(of: parcel)
        }
        self.makeRoom()
    }

    /// What was dropped since the last call, for the log.
    package mutating func takeGap() -> Gap? {
        defer { self.gap = nil }
        return self.gap
    }

    private mutating func makeRoom() {
        while self.usedBytes > self.sizeMaxBytes, let dropped = self.popFirst() {
            self.droppedCount += dropped.count
            let first = self.gap?.first ?? dropped.readings[0].instant
            let last = dropped.readings[dropped.count - 1].instant
            self.gap = Gap(count: (self.gap?.count ?? 0) + dropped.count, first: first, last: last)
        }
    }
}
