/// The producers of a topic as they were at a place of it, for a start that needs to read only what stands behind.
///
/// ```
///  0 "WEIRPRD" │ 7 version u8 = 1 │ 8 segment u64 │ 16 byte u64 │ 24 salt u32 │ 28 entries u32 │ 32 partitions u16
/// 34 nextOffset i64 × partitions │ entries, the longest idle first │ crc u32
/// entry: producerId i64 │ stamp i64 │ epoch i16 │ partition u8 │ marks u8
///        marks × (firstSequence i32 │ lastSequence i32 │ baseOffset i64)
/// ```
/// Only a help: a file that is missing, torn or of another log is not used. The salt of the segment binds it to its log.
package struct ProducerSnapshot: Sendable {
    private static let magic = Array("WEIRPRD".utf8) + [1]
    private static let fixedSize = 34
    private static let entrySize = 20
    private static let markSize = 16

    /// Bytes of a file at most; a longer one is not a snapshot.
    package static let sizeMax =
        ProducerSnapshot.fixedSize + 8 * StoredFrame.partitionCountMax + 4
        + ProducerTable.countMax * (ProducerSnapshot.entrySize + ProducerEntry.marksMax * ProducerSnapshot.markSize)

    /// Number of the segment up to which the table holds.
    package var segment: UInt64
    /// Bytes of that segment that it covers, header included.
    package var byte: UInt64
    /// That segment's salt.
    package var salt: UInt32
    /// Per partition the offset of the next record at that place.
    package var nextOffsets: [Int64]
    /// The producers there.
    package var table: ProducerTable

    /// A snapshot of these values.
    package init(segment: UInt64, byte: UInt64, salt: UInt32, nextOffsets: [Int64], table: ProducerTable) {
        self.segment = segment
        self.byte = byte
        self.salt = salt
        self.nextOffsets = nextOffsets
        self.table = table
    }

    /// The snapshot as it lies on disk.
    package var encoded: [UInt8] {
        let entries = self.table.all
        let marks = entries.reduce(0) { $0 + $1.entry.marks.count }
        var index = ProducerSnapshot.fixedSize + 8 * self.nextOffsets.count
        let size = index + entries.count * ProducerSnapshot.entrySize + marks * ProducerSnapshot.markSize + 4
        var encoded = [UInt8](repeating: 0, count: size)
        encoded.withUnsafeMutableBytes { raw in
            guard let base = raw.baseAddress else { return }
            raw.copyBytes(from: ProducerSnapshot.magic)
            base.storeBigEndian(self.segment, at: 8)
            base.storeBigEndian(self.byte, at: 16)
            base.storeBigEndian(self.salt, at: 24)
            base.storeBigEndian(UInt32(entries.count), at: 28)
            base.storeBigEndian(UInt16(self.nextOffsets.count), at: 32)
            for (partition, offset) in self.nextOffsets.enumerated() {
                base.storeBigEndian(offset, at: ProducerSnapshot.fixedSize + 8 * partition)
            }
            for (key, entry) in entries {
                base.storeBigEndian(key.producerID, at: index)
                base.storeBigEndian(entry.stamp, at: index + 8)
                base.storeBigEndian(entry.epoch, at: index + 16)
                base.storeBigEndian(UInt8(key.partition), at: index + 18)
                base.storeBigEndian(UInt8(entry.marks.count), at: index + 19)
                index += ProducerSnapshot.entrySize
                for mark in entry.marks {
                    base.storeBigEndian(mark.firstSequence, at: index)
                    base.storeBigEndian(mark.lastSequence, at: index + 4)
                    base.storeBigEndian(mark.baseOffset, at: index + 8)
                    index += ProducerSnapshot.markSize
                }
            }
            base.storeBigEndian(CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[..<index])), at: index)
        }
        return encoded
    }

    /// Reads a whole file; `nil` when it is not a snapshot of a topic with so many partitions.
    package init?(reading file: [UInt8], partitionCount: Int) {
        let entriesFrom = ProducerSnapshot.fixedSize + 8 * partitionCount
        guard file.count >= entriesFrom + 4, file.starts(with: ProducerSnapshot.magic) else { return nil }
        let snapshot = file.withUnsafeBytes { raw -> ProducerSnapshot? in
            let covered = UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - 4)])
            guard let base = raw.baseAddress, base.bigEndian(UInt16.self, at: 32) == partitionCount,
                base.bigEndian(UInt32.self, at: covered.count) == CRC32C.checksum(covered)
            else { return nil }
            let count = Int(base.bigEndian(UInt32.self, at: 28))
            guard let table = ProducerSnapshot.table(covered, from: entriesFrom, count: count, partitionCount) else {
                return nil
            }
            return ProducerSnapshot(
                segment: base.bigEndian(UInt64.self, at: 8),
                byte: base.bigEndian(UInt64.self, at: 16),
                salt: base.bigEndian(UInt32.self, at: 24),
                nextOffsets: (0..<partitionCount).map {
                    base.bigEndian(Int64.self, at: ProducerSnapshot.fixedSize + 8 * $0)
                },
                table: table
            )
        }
        guard let snapshot else { return nil }
        self = snapshot
    }

    private static func table(
        _ raw: UnsafeRawBufferPointer,
        from start: Int,
        count: Int,
        _ partitionCount: Int
    ) -> ProducerTable? {
        guard let base = raw.baseAddress else { return nil }
        var table = ProducerTable()
        var index = start
        for _ in 0..<count {
            guard raw.count - index >= ProducerSnapshot.entrySize else { return nil }
            let partition = Int(base.bigEndian(UInt8.self, at: index + 18))
            let markCount = Int(base.bigEndian(UInt8.self, at: index + 19))
            let marksFrom = index + ProducerSnapshot.entrySize
            guard partition < partitionCount, (1...ProducerEntry.marksMax).contains(markCount),
                raw.count - marksFrom >= markCount * ProducerSnapshot.markSize
            else { return nil }
            let marks = (0..<markCount).map { number in
                let at = marksFrom + number * ProducerSnapshot.markSize
                return ProducerEntry.Mark(
                    firstSequence: base.bigEndian(Int32.self, at: at),
                    lastSequence: base.bigEndian(Int32.self, at: at + 4),
                    baseOffset: base.bigEndian(Int64.self, at: at + 8)
                )
            }
            let entry = ProducerEntry(
                epoch: base.bigEndian(Int16.self, at: index + 16),
                stamp: base.bigEndian(Int64.self, at: index + 8),
                marks: marks
            )
            table.insert(entry, for: .init(producerID: base.bigEndian(Int64.self, at: index), partition: partition))
            index = marksFrom + markCount * ProducerSnapshot.markSize
        }
        return index == raw.count ? table : nil
    }
}
