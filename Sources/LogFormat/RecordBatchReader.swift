package import NIOCore

/// Reads the records of one batch, one after the other, as slices.
///
/// Every length is checked against the bytes there are before it is used; nothing a file or a peer can hold traps.
package struct RecordBatchReader: Sendable {
    /// The batch's header.
    package let header: RecordBatchHeader
    /// The batch, or its records alone when they were compressed.
    private let bytes: ByteBuffer
    private let start: Int
    private var index: Int
    private var recordsRead = 0

    /// A reader of `bytes`, exactly one batch.
    ///
    /// - Parameters:
    ///   - bytes: The readable bytes are the batch.
    ///   - verifyingChecksum: `false` when the caller has just verified the CRC.
    ///   - decompress: What opens compressed records; `nil` refuses them.
    /// - Throws: The first field that is wrong, and where; `compressed` for a codec that cannot be read.
    package init(
        _ bytes: ByteBuffer,
        verifyingChecksum: Bool = true,
        decompress: RecordDecompression? = nil
    ) throws(RecordBatchError) {
        self.header = try bytes.withUnsafeReadableBytes { raw throws(RecordBatchError) in
            let header = try RecordBatchHeader(reading: raw)
            guard header.size == raw.count else {
                throw RecordBatchError(.lengthMismatch(stated: header.size, actual: raw.count), at: 8)
            }
            if verifyingChecksum { try RecordBatchHeader.verifyChecksum(of: raw) }
            return header
        }
        let codec = self.header.codec
        if codec == RecordCodec.none {
            self.bytes = bytes
            self.index = RecordBatchHeader.size
        } else {
            guard let codec, let decompress,
                let records = bytes.getSlice(
                    at: bytes.readerIndex + RecordBatchHeader.size,
                    length: bytes.readableBytes - RecordBatchHeader.size
                )
            else {
                let code = Int(self.header.attributes & RecordBatchHeader.codecMask)
                throw RecordBatchError(.compressed(codec: code), at: RecordBatchHeader.checkedFrom)
            }
            self.bytes = try decompress(codec, records)
            self.index = 0
        }
        self.start = self.bytes.readerIndex
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
