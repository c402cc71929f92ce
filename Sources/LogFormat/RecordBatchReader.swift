package import NIOCore

/// Reads the records of one uncompressed batch, one after the other, as slices.
///
/// Every length is checked against the bytes there are before it is used; nothing a file or a peer can hold traps.
package struct RecordBatchReader: Sendable {
    /// The batch's header.
    package let header: RecordBatchHeader
    private let bytes: ByteBuffer
    private let start: Int
    private var index = RecordBatchHeader.size
    private var recordsRead = 0

    /// A reader of `bytes`, exactly one batch.
    ///
    /// - Parameters:
    ///   - bytes: The readable bytes are the batch.
    ///   - verifyingChecksum: `false` when the caller has just verified the CRC.
    /// - Throws: The first field that is wrong, and where; also for a compressed batch.
    package init(_ bytes: ByteBuffer, verifyingChecksum: Bool = true) throws(RecordBatchError) {
        self.bytes = bytes
        self.start = bytes.readerIndex
        self.header = try bytes.withUnsafeReadableBytes { raw throws(RecordBatchError) in
            let header = try RecordBatchHeader(reading: raw)
            guard header.size == raw.count else {
                throw RecordBatchError(.lengthMismatch(stated: header.size, actual: raw.count), at: 8)
            }
            if verifyingChecksum { try RecordBatchHeader.verifyChecksum(of: raw) }
            return header
        }
        let codec = Int(self.header.attributes & RecordBatchHeader.codecMask)
        guard codec == 0 else { throw RecordBatchError(.compressed(codec: codec), at: RecordBatchHeader.checkedFrom) }
    }

    /// The next record; `nil` after the last one.
    package mutating func next() throws(RecordBatchError) -> LogRecord? {
        guard self.recordsRead < Int(self.header.recordCount) else {
            guard self.index == self.bytes.readableBytes else { throw RecordBatchError(.trailingBytes, at: self.index) }
            return nil
        }
        let layout = try self.bytes.withUnsafeReadableBytes { raw throws(RecordBatchError) in
            try RecordLayout(raw, at: self.index)
        }
        guard (0...Int(self.header.lastOffsetDelta)).contains(layout.offsetDelta) else {
            throw RecordBatchError(.offsetOutOfRange, at: self.index)
        }
        self.index = layout.end
        self.recordsRead += 1
        let isLogTime = self.header.attributes & RecordBatchHeader.logAppendTime != 0
        return LogRecord(
            offset: self.header.baseOffset + Int64(layout.offsetDelta),
            timestampMilliseconds: isLogTime
                ? self.header.maxTimestamp : self.header.baseTimestamp &+ Int64(layout.timestampDelta),
            key: layout.key.map { self.slice($0) },
            value: layout.value.map { self.slice($0) } ?? ByteBuffer(),
            isTombstone: layout.value == nil,
            headers: LogRecordHeaders(count: layout.headerCount, bytes: self.slice(layout.headers))
        )
    }

    /// All records from here on.
    package mutating func remaining() throws(RecordBatchError) -> [LogRecord] {
        var records: [LogRecord] = []
        records.reserveCapacity(min(Int(self.header.recordCount), self.bytes.readableBytes / RecordLayout.sizeMin))
        while let record = try self.next() { records.append(record) }
        return records
    }

    private func slice(_ range: Range<Int>) -> ByteBuffer {
        self.bytes.getSlice(at: self.start + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}

/// Where the parts of one record lie in its batch; ranges are bytes from the batch's start.
private struct RecordLayout {
    /// Length, attributes, two deltas, key, value and header count at one byte each.
    static let sizeMin = 7

    var timestampDelta: Int
    var offsetDelta: Int
    var key: Range<Int>?
    var value: Range<Int>?
    var headerCount: Int
    var headers: Range<Int>
    var end: Int

    init(_ batch: UnsafeRawBufferPointer, at start: Int) throws(RecordBatchError) {
        let malformed = RecordBatchError(.malformedRecord, at: start)
        var index = start
        guard let length = Varint.read(batch, at: &index), length > 0, length <= batch.count - index else {
            throw malformed
        }
        self.end = index + length
        let record = UnsafeRawBufferPointer(rebasing: batch[..<self.end])
        index += 1  // attributes: unused, any value is skipped
        guard let timestampDelta = Varint.read(record, at: &index), let offsetDelta = Varint.read(record, at: &index)
        else { throw malformed }
        self.timestampDelta = timestampDelta
        self.offsetDelta = offsetDelta
        guard RecordLayout.field(record, at: &index, into: &self.key),
            RecordLayout.field(record, at: &index, into: &self.value),
            let headerCount = Varint.read(record, at: &index), headerCount >= 0
        else { throw malformed }
        self.headerCount = headerCount
        self.headers = index..<self.end
        for _ in 0..<headerCount {
            guard index < self.end, LogRecordHeaders.header(record, at: &index) != nil else { throw malformed }
        }
        guard index == self.end else { throw malformed }
    }

    /// A nullable field with a varint length, -1 for null; `false` when it runs past the end.
    private static func field(
        _ record: UnsafeRawBufferPointer,
        at index: inout Int,
        into field: inout Range<Int>?
    ) -> Bool {
        guard let length = Varint.read(record, at: &index), length >= -1, length <= record.count - index else {
            return false
        }
        guard length >= 0 else { return true }
        field = index..<(index + length)
        index += length
        return true
    }
}
