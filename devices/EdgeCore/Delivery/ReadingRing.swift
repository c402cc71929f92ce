/// Readings that wait in memory to be sent: numbered, bounded in bytes, and when full the oldest goes, told.
///
/// Invariants:
/// - items are in order of their numbers, which grow by one with each reading and are never used twice;
/// - ``usedBytes`` is the sum of the readings' cost and never above `sizeMaxBytes` when a call returns.
package struct ReadingRing: Sendable {
    private enum Item {
        case reading(number: UInt64, Reading)
        /// Readings whose boundaries are fixed, for they were sent.
        case parcel(Parcel)
    }

    /// Readings given up for room: their numbers, and the time they span.
    package struct Gap: Equatable, Sendable {
        package var range: ReadingRange
        package var first: BootInstant
        package var last: BootInstant
    }

    /// What allocator and structs add to a reading's body, bytes.
    package static let readingOverheadBytes = 96

    private let epoch: UInt32
    private let sizeMaxBytes: Int
    /// Items before `head` are gone and await removal.
    private var items: [Item?] = []
    private var head = 0
    private var nextNumber: UInt64 = 0
    package private(set) var usedBytes = 0
    /// Readings that wait.
    package private(set) var count = 0
    /// Given up since ``takeGaps()``, neighbours joined.
    private var gaps: [Gap] = []

    /// - Parameters:
    ///   - epoch: Of all readings that are appended.
    ///   - sizeMaxBytes: Bound of ``usedBytes``.
    package init(epoch: UInt32, sizeMaxBytes: Int) {
        self.epoch = epoch
        self.sizeMaxBytes = sizeMaxBytes
    }

    package var isEmpty: Bool { self.count == 0 }
    package var isHalfFull: Bool { self.usedBytes > self.sizeMaxBytes / 2 }

    /// When the oldest was measured.
    package var oldest: BootInstant? {
        guard self.head < self.items.count, let item = self.items[self.head] else { return nil }
        switch item {
        case .reading(_, let reading): return reading.instant
        case .parcel(let parcel): return parcel.readings[0].instant
        }
    }

    /// Numbers and adds the newest reading, and gives up the oldest ones for it if needed, itself too when it alone is too
    /// large for ring or spool.
    package mutating func append(_ reading: Reading) {
        let number = self.nextNumber
        self.nextNumber += 1
        guard reading.body.count <= SpoolFormat.bodyMaxBytes else { return self.giveUp(number, [reading]) }
        self.items.append(.reading(number: number, reading))
        self.count += 1
        self.usedBytes += Self.cost(of: reading)
        self.makeRoom()
    }

    /// Takes the oldest out, to send it: a parcel that was sent before as it is, else up to `readingsMax` readings of one
    /// kind.
    package mutating func popFirst(readingsMax: Int = 1) -> Parcel? {
        guard let item = self.popItem() else { return nil }
        switch item {
        case .parcel(let parcel): return parcel
        case .reading(let first, let reading):
            var readings = [reading]
            var bytes = reading.body.count
            while readings.count < min(readingsMax, Parcel.readingsMax), self.head < self.items.count,
                case .reading(first + UInt64(readings.count), let next)? = self.items[self.head],
                next.kind == reading.kind, bytes + next.body.count <= SpoolFormat.parcelMaxBytes
            {
                _ = self.popItem()
                bytes += next.body.count
                readings.append(next)
            }
            return Parcel(epoch: self.epoch, first: first, readings: readings)
        }
    }

    /// Puts parcels back that were taken; they are older than all that wait.
    ///
    /// - Parameter parcels: In order of their numbers.
    package mutating func putBack(_ parcels: [Parcel]) {
        guard !parcels.isEmpty else { return }
        var items: [Item] = []
        for parcel in parcels {
            self.count += parcel.count
            for reading in parcel.readings { self.usedBytes += Self.cost(of: reading) }
            if parcel.wasSent {
                items.append(.parcel(parcel))
            } else {
                for (index, reading) in parcel.readings.enumerated() {
                    items.append(.reading(number: parcel.first + UInt64(index), reading))
                }
            }
        }
        self.items.replaceSubrange(0..<self.head, with: items)
        self.head = 0
        self.makeRoom()
    }

    /// What was given up since the last call.
    package mutating func takeGaps() -> [Gap] {
        guard !self.gaps.isEmpty else { return [] }
        defer { self.gaps = [] }
        return self.gaps
    }

    /// Bytes a reading is charged: body, and what the allocator and the structs add.
    private static func cost(of reading: Reading) -> Int { reading.body.count + self.readingOverheadBytes }

    private mutating func popItem() -> Item? {
        guard self.head < self.items.count, let item = self.items[self.head] else { return nil }
        self.items[self.head] = nil
        self.head += 1
        switch item {
        case .reading(_, let reading):
            self.count -= 1
            self.usedBytes -= Self.cost(of: reading)
        case .parcel(let parcel):
            self.count -= parcel.count
            for reading in parcel.readings { self.usedBytes -= Self.cost(of: reading) }
        }
        // Moved rarely, so that taking stays O(1) on average.
        if self.head >= 64, self.head * 2 >= self.items.count {
            self.items.removeFirst(self.head)
            self.head = 0
        }
        return item
    }

    private mutating func makeRoom() {
        while self.usedBytes > self.sizeMaxBytes, let item = self.popItem() {
            switch item {
            case .reading(let number, let reading): self.giveUp(number, [reading])
            case .parcel(let parcel): self.giveUp(parcel.first, parcel.readings)
            }
        }
    }

    private mutating func giveUp(_ first: UInt64, _ readings: [Reading]) {
        let range = ReadingRange(epoch: self.epoch, first: first, last: first + UInt64(readings.count - 1))
        let newest = readings[readings.count - 1].instant
        if let last = self.gaps.last, last.range.isFollowed(by: range) {
            let joined = ReadingRange(epoch: self.epoch, first: last.range.first, last: range.last)
            self.gaps[self.gaps.count - 1] = Gap(range: joined, first: last.first, last: newest)
        } else {
            self.gaps.append(Gap(range: range, first: readings[0].instant, last: newest))
        }
    }
}
