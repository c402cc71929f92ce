/// Goes through the records in the bytes of a spool file and over whatever is damaged between them.
package struct SegmentScanner: Sendable {
    package enum Item: Equatable, Sendable {
        case record(SpoolRecord)
        /// Bytes that are no record, with records behind them.
        case damage(bytes: Int)
    }

    private let bytes: [UInt8]
    /// Where the next record is looked for.
    package private(set) var offset: Int
    /// Bytes behind the last record: the torn end of a file whose machine lost power.
    package private(set) var tornBytes = 0

    /// - Parameters:
    ///   - bytes: A file, or what is there of it.
    ///   - offset: Where a record begins.
    package init(_ bytes: [UInt8], from offset: Int) {
        self.bytes = bytes
        self.offset = min(offset, bytes.count)
    }

    /// The next record, or damage before it; `nil` when no more come.
    package mutating func next() -> Item? {
        guard self.offset < self.bytes.count else { return nil }
        if let (record, length) = SpoolRecord.read(self.bytes, at: self.offset) {
            self.offset += length
            return .record(record)
        }
        // Linear in practice: only where type and length look right the checksum is computed, of 64 KiB at most.
        var candidate = self.offset + 1
        while candidate + SpoolFormat.recordHeadBytes <= self.bytes.count {
            if SpoolRecord.read(self.bytes, at: candidate) != nil {
                defer { self.offset = candidate }
                return .damage(bytes: candidate - self.offset)
            }
            candidate += 1
        }
        self.tornBytes = self.bytes.count - self.offset
        self.offset = self.bytes.count
        return nil
    }
}
