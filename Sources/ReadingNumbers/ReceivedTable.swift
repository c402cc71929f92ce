/// The received numbers of very many devices, and the gaps among them that were not told yet.
///
/// - At most `devicesMax` devices and ``bytesMax`` bytes; the device that sent nothing for the longest time is forgotten
///   first, which can only let a repeat of it through.
/// - A device with one range takes 56 bytes and its place in the index; names are kept only of devices that readings are
///   waited for from.
/// - At most ``gapsMax`` gaps wait to be told, and of one device 64 from one ``expire(noticedBy:from:count:)`` to the next;
///   see ``ReadingGap/Reason/several``.
///
/// Layout: entries in one array, free ones in a list; the index is a hash table of entry numbers with linear probing; the
/// entries are linked in the order of their use.
package struct ReceivedTable: Sendable {
    /// Gaps that wait to be told.
    package static let gapsMax = GapQueue.waitingMax
    /// Bytes a device may take on average, its overhead included: 5 epochs' worth of one range.
    private static let deviceBytesMax = 256

    /// What happened since the table was made.
    package struct Counts: Equatable, Sendable {
        /// Ranges that were given up.
        package var forgottenRanges = 0
        /// Devices that were given up.
        package var forgottenDevices = 0
        /// Gaps that found no place among those that wait to be told.
        package var lostGaps = 0

        /// Nothing yet.
        package init() {}
    }

    private struct Entry: Sendable {
        var key: DeviceKey
        var ranges: ReceivedRanges
        /// The entry used just before; of a free entry the next free one; -1: none.
        var older: Int32
        /// The entry used just after; -1: none; ``free`` for a free entry.
        var newer: Int32
    }

    private static let free: Int32 = -2

    package let devicesMax: Int
    /// Devices.
    package private(set) var count = 0
    /// What happened so far.
    package var counts: Counts {
        var counts = self.forgotten
        counts.lostGaps = self.queue.lost
        return counts
    }
    /// Gaps that nobody has confirmed to be told; the oldest first.
    package var gaps: [ReadingGap] { self.queue.waiting }
    /// The same and those that are held back for the next round.
    package var allGaps: [ReadingGap] { self.queue.all }
    private var forgotten = Counts()
    private var queue = GapQueue()
    private var entries: ContiguousArray<Entry> = []
    private var index: ContiguousArray<Int32> = []
    private var firstFree: Int32 = -1
    private var oldest: Int32 = -1
    private var newest: Int32 = -1
    private var rangeBytes = 0
    /// By entry.
    private var names: [Int32: String] = [:]

    /// An empty table.
    ///
    /// - Parameter devicesMax: 1 to 100,000,000.
    package init(devicesMax: Int) {
        self.devicesMax = max(1, min(devicesMax, 100_000_000))
    }

    /// Bytes of entries, index and ranges, without what arrays hold in reserve and without names.
    package var bytes: Int {
        self.count * MemoryLayout<Entry>.stride + self.index.count * MemoryLayout<Int32>.stride + self.rangeBytes
    }

    /// Bytes above which devices are forgotten.
    package var bytesMax: Int { self.devicesMax * ReceivedTable.deviceBytesMax }

    /// Entries to walk through with ``stored(from:count:_:)``.
    package var entryCount: Int { self.entries.count }

    /// What is known of a device.
    package func ranges(of key: DeviceKey) -> ReceivedRanges {
        guard let entry = self.find(key) else { return ReceivedRanges() }
        return self.entries[Int(entry)].ranges
    }

    /// Readings of a device are in the log.
    ///
    /// - Parameters:
    ///   - span: the message's; `nil` when it has no numbers.
    ///   - dropped: what the message says the device gave up.
    ///   - key: the device.
    ///   - name: its id, for gaps.
    ///   - minute: when they were stored, minutes since 1970.
    package mutating func insert(
        _ span: ReadingSpan?,
        dropped: [ReadingSpan] = [],
        of key: DeviceKey,
        name: String,
        atMinute minute: UInt32
    ) {
        guard span != nil || !dropped.isEmpty else { return }
        let entry = self.touch(key)
        var effects = NumberEffects()
        let bytesBefore = self.entries[Int(entry)].ranges.heapBytes
        var isChanged = false
        if let span {
            isChanged = self.entries[Int(entry)].ranges.insert(span, atMinute: minute, effects: &effects)
        }
        for span in dropped {
            self.entries[Int(entry)].ranges.drop(span, atMinute: minute, effects: &effects)
            isChanged = true
        }
        if isChanged {
            self.names[entry] = self.entries[Int(entry)].ranges.hasHoles ? name : nil
            self.note(effects, of: name, at: entry)
        }
        self.rangeBytes += self.entries[Int(entry)].ranges.heapBytes - bytesBefore
        while self.count > 1, self.bytes > self.bytesMax { self.forgetOldest() }
    }

    /// Makes gaps of what is waited for since `minute` or longer, from devices of up to `count` entries from entry `start` on.
    /// The first entry begins a round of gaps.
    package mutating func expire(noticedBy minute: UInt32, from start: Int = 0, count: Int = .max) {
        if start == 0 { self.queue.beginRound() }
        guard start < self.entries.count else { return }
        for number in start..<(start + min(count, self.entries.count - start)) {
            guard self.entries[number].ranges.hasHoles(noticedBy: minute), let name = self.names[Int32(number)] else {
                continue
            }
            let entry = Int32(number)
            var effects = NumberEffects()
            let bytesBefore = self.entries[Int(entry)].ranges.heapBytes
            self.entries[Int(entry)].ranges.expire(noticedBy: minute, effects: &effects)
            self.note(effects, of: name, at: entry)
            self.rangeBytes += self.entries[Int(entry)].ranges.heapBytes - bytesBefore
            if !self.entries[Int(entry)].ranges.hasHoles { self.names[entry] = nil }
        }
    }

    /// The first gaps that wait are told, durably.
    package mutating func confirmGaps(_ count: Int) {
        self.queue.confirm(count)
    }

    /// Forgets a device: its numbers begin anew.
    package mutating func forget(_ key: DeviceKey) {
        guard let entry = self.find(key) else { return }
        self.remove(entry)
    }

    // MARK: Stored form

    /// Devices of up to `count` entries from entry `start` on. A device never changes its entry, so walking through all
    /// entries meets every device that stays, whatever happens between two calls.
    package func stored(from start: Int, count: Int, _ body: (StoredDevice) -> Void) {
        guard start < self.entries.count else { return }
        for entry in start..<(start + min(count, self.entries.count - start)) {
            guard self.entries[entry].newer != ReceivedTable.free else { continue }
            body(
                StoredDevice(
                    key: self.entries[entry].key,
                    ranges: self.entries[entry].ranges,
                    name: self.names[Int32(entry)]
                )
            )
        }
    }

    /// Takes a device as it was stored.
    package mutating func restore(_ device: StoredDevice) {
        let entry = self.touch(device.key)
        self.rangeBytes += device.ranges.heapBytes - self.entries[Int(entry)].ranges.heapBytes
        self.entries[Int(entry)].ranges = device.ranges
        self.names[entry] = device.name
        while self.count > 1, self.bytes > self.bytesMax { self.forgetOldest() }
    }

    /// Takes a gap as it was stored.
    package mutating func restore(_ gap: ReadingGap) {
        self.queue.append(gap)
    }

    private mutating func note(_ effects: NumberEffects, of name: String, at entry: Int32) {
        self.forgotten.forgottenRanges += effects.forgotten
        for (span, reason) in effects.gaps {
            self.queue.append(ReadingGap(device: name, span: span, reason: reason), of: entry)
        }
    }
}

// MARK: Entries

extension ReceivedTable {
    /// The device's entry, made when there is none, as the one used last.
    private mutating func touch(_ key: DeviceKey) -> Int32 {
        if let entry = self.find(key) {
            guard entry != self.newest else { return entry }
            self.unlink(entry)
            self.linkNewest(entry)
            return entry
        }
        if self.count >= self.devicesMax { self.forgetOldest() }
        if self.index.count < (self.count + 1) * 2 { self.growIndex() }
        let entry: Int32
        let new = Entry(key: key, ranges: ReceivedRanges(), older: -1, newer: -1)
        if self.firstFree >= 0 {
            entry = self.firstFree
            self.firstFree = self.entries[Int(entry)].older
            self.entries[Int(entry)] = new
        } else {
            entry = Int32(self.entries.count)
            self.entries.append(new)
        }
        self.linkNewest(entry)
        self.index[self.vacancy(for: key)] = entry
        self.count += 1
        return entry
    }

    private mutating func forgetOldest() {
        let entry = self.oldest
        guard entry >= 0 else { return }
        if let name = self.names[entry] {
            var effects = NumberEffects()
            for hole in self.entries[Int(entry)].ranges.holes { effects.gaps.append((hole.span, .unwatched)) }
            self.note(effects, of: name, at: entry)
        }
        self.remove(entry)
        self.forgotten.forgottenDevices += 1
    }

    private mutating func remove(_ entry: Int32) {
        self.queue.leave(entry)
        self.removeFromIndex(entry)
        self.unlink(entry)
        self.names[entry] = nil
        self.rangeBytes -= self.entries[Int(entry)].ranges.heapBytes
        self.entries[Int(entry)].ranges = ReceivedRanges()
        self.entries[Int(entry)].older = self.firstFree
        self.entries[Int(entry)].newer = ReceivedTable.free
        self.firstFree = entry
        self.count -= 1
    }

    private mutating func linkNewest(_ entry: Int32) {
        self.entries[Int(entry)].older = self.newest
        self.entries[Int(entry)].newer = -1
        if self.newest >= 0 { self.entries[Int(self.newest)].newer = entry }
        self.newest = entry
        if self.oldest < 0 { self.oldest = entry }
    }

    private mutating func unlink(_ entry: Int32) {
        let older = self.entries[Int(entry)].older
        let newer = self.entries[Int(entry)].newer
        if older >= 0 { self.entries[Int(older)].newer = newer } else { self.oldest = newer }
        if newer >= 0 { self.entries[Int(newer)].older = older } else { self.newest = older }
    }
}

// MARK: Index

extension ReceivedTable {
    private static let indexSizeMin = 16

    private func place(of key: DeviceKey) -> Int {
        Int(truncatingIfNeeded: key.low) & (self.index.count - 1)
    }

    private func find(_ key: DeviceKey) -> Int32? {
        guard !self.index.isEmpty else { return nil }
        var place = self.place(of: key)
        while self.index[place] >= 0 {
            if self.entries[Int(self.index[place])].key == key { return self.index[place] }
            place = (place + 1) & (self.index.count - 1)
        }
        return nil
    }

    /// A free place for a key that is not in the index.
    private func vacancy(for key: DeviceKey) -> Int {
        var place = self.place(of: key)
        while self.index[place] >= 0 { place = (place + 1) & (self.index.count - 1) }
        return place
    }

    /// Takes an entry out, and moves those behind it that could not be found any more.
    private mutating func removeFromIndex(_ entry: Int32) {
        let mask = self.index.count - 1
        var hole = self.place(of: self.entries[Int(entry)].key)
        while self.index[hole] != entry { hole = (hole + 1) & mask }
        var place = (hole + 1) & mask
        while self.index[place] >= 0 {
            let home = self.place(of: self.entries[Int(self.index[place])].key)
            // Whether its home lies, going round, at or before the hole.
            if (place - home) & mask >= (place - hole) & mask {
                self.index[hole] = self.index[place]
                hole = place
            }
            place = (place + 1) & mask
        }
        self.index[hole] = -1
    }

    private mutating func growIndex() {
        let size = max(ReceivedTable.indexSizeMin, self.index.count * 2)
        self.index = ContiguousArray(repeating: -1, count: size)
        for entry in self.entries.indices where self.entries[entry].newer != ReceivedTable.free {
            self.index[self.vacancy(for: self.entries[entry].key)] = Int32(entry)
        }
    }
}
