/// Places in one segment to start looking from, one for every 64 KiB.
///
/// Flat arrays, relative to the segment's start: 12 + 4 × partitions bytes an entry, 4.6 MB for 10 GiB of log with four
/// partitions; in memory only of segments whose files are open. See ``SegmentIndexFile``.
struct SparseIndex: Sendable {
    /// The entries, column by column.
    struct Columns: Sendable {
        var bytes: [UInt32] = []
        /// The latest stamp before each entry.
        var stamps: [Int64] = []
        /// Per entry and partition the next offset, less the base offset.
        var offsets: [UInt32] = []
    }

    /// Bytes between two entries at least.
    static let interval: UInt64 = 64 << 10

    private let baseOffsets: [Int64]
    private(set) var columns = Columns()
    /// From here on a place is taken.
    private(set) var nextEntryAt: UInt64

    /// An empty index of a segment whose first batch stands at `firstByte`.
    init(firstByte: UInt64, baseOffsets: [Int64]) {
        self.baseOffsets = baseOffsets
        self.nextEntryAt = firstByte + SparseIndex.interval
    }

    /// An index with these entries; there are as many in each column.
    init(firstByte: UInt64, baseOffsets: [Int64], columns: Columns) {
        self.baseOffsets = baseOffsets
        self.columns = columns
        self.nextEntryAt = (columns.bytes.last.map { UInt64($0) } ?? firstByte) + SparseIndex.interval
    }

    var count: Int { self.columns.bytes.count }

    /// Offers the place between two batches; taken when far enough from the last.
    ///
    /// - Parameters:
    ///   - byte: Where the next batch begins.
    ///   - stamp: The latest enqueue stamp before it, ms since 1970.
    ///   - nextOffsets: Per partition the next record's offset.
    mutating func offer(byte: UInt64, stamp: Int64, nextOffsets: [Int64]) {
        guard byte >= self.nextEntryAt, let position = UInt32(exactly: byte) else { return }
        // Compressed batches may state so many records: such places are found by walking from the last entry.
        guard zip(nextOffsets, self.baseOffsets).allSatisfy({ $0 - $1 <= Int64(UInt32.max) }) else { return }
        self.nextEntryAt = byte + SparseIndex.interval
        self.columns.bytes.append(position)
        self.columns.stamps.append(stamp)
        for (next, base) in zip(nextOffsets, self.baseOffsets) {
            self.columns.offsets.append(UInt32(clamping: next - base))
        }
    }

    /// The last entry with only stamps below `stamp` before it; `nil` when there is none: start at the first batch.
    func byte(beforeStamp stamp: Int64) -> UInt64? {
        self.lastEntry { self.columns.stamps[$0] < stamp }
    }

    /// The last entry before which `offset` of `partition` does not stand.
    func byte(atOrBefore offset: Int64, partition: Int) -> UInt64? {
        let relative = offset - self.baseOffsets[partition]
        return self.lastEntry {
            Int64(self.columns.offsets[$0 * self.baseOffsets.count + partition]) <= relative
        }
    }

    /// The last entry that fulfils `condition`, which the first ones do and the others do not.
    private func lastEntry(where condition: (Int) -> Bool) -> UInt64? {
        var low = 0
        var high = self.columns.bytes.count
        while low < high {
            let middle = (low + high) / 2
            if condition(middle) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : UInt64(self.columns.bytes[low - 1])
    }
}
