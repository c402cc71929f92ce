/// A record of a spool file; layout in ``SpoolFormat``.
package enum SpoolRecord: Equatable, Sendable {
    case reading(SpooledReading)
    /// Readings that were given up and not yet reported.
    case dropped([ReadingRange])

    /// Most ranges in one record.
    package static let rangesMax = 256
    private static let rangeBytes = 24

    /// Appends a reading's record. A body above ``SpoolFormat/bodyMaxBytes`` is the caller's fault.
    package static func append(_ reading: SpooledReading, to bytes: inout [UInt8]) {
        precondition(reading.reading.body.count <= SpoolFormat.bodyMaxBytes, "a body too long for the spool")
        var flags = reading.reading.kind.rawValue << 4
        if reading.begins { flags |= SpoolFormat.flagBegins }
        if reading.wasSent { flags |= SpoolFormat.flagWasSent }
        let length = SpoolFormat.readingHeadBytes + reading.reading.body.count
        let start = self.begin(SpoolFormat.typeReading, flags: flags, length: length, in: &bytes)
        LittleEndian.append(reading.number, to: &bytes)
        LittleEndian.append(reading.reading.instant.milliseconds, to: &bytes)
        bytes.append(contentsOf: reading.reading.body)
        self.end(from: start, in: &bytes)
    }

    /// Appends a record of the readings that still have to be reported as given up; of more than ``rangesMax`` ranges
    /// the last ones.
    package static func append(dropped ranges: [ReadingRange], to bytes: inout [UInt8]) {
        let ranges = ranges.suffix(self.rangesMax)
        let length = ranges.count * self.rangeBytes
        let start = self.begin(SpoolFormat.typeDropped, flags: 0, length: length, in: &bytes)
        for range in ranges {
            LittleEndian.append(UInt64(range.epoch), to: &bytes)
            LittleEndian.append(range.first, to: &bytes)
            LittleEndian.append(range.last, to: &bytes)
        }
        self.end(from: start, in: &bytes)
    }

    /// Reads the record at `offset`.
    ///
    /// - Returns: The record and its length; `nil` when there is none, whole and with its checksum.
    package static func read(_ bytes: [UInt8], at offset: Int) -> (record: SpoolRecord, length: Int)? {
        guard bytes.count - offset >= SpoolFormat.recordHeadBytes else { return nil }
        let length = Int(LittleEndian.load(UInt16.self, from: bytes, at: offset + 4))
        let type = bytes[offset + 6]
        let flags = bytes[offset + 7]
        let end = offset + SpoolFormat.recordHeadBytes + length
        // Cheap questions first: looking for a record among damaged bytes asks them everywhere.
        switch type {
        case SpoolFormat.typeReading: guard length >= SpoolFormat.readingHeadBytes else { return nil }
        case SpoolFormat.typeDropped: guard flags == 0, length % self.rangeBytes == 0 else { return nil }
        default: return nil
        }
        guard end <= bytes.count,
            CRC32C.of(bytes, in: offset + 4..<end) == LittleEndian.load(UInt32.self, from: bytes, at: offset)
        else { return nil }
        let payload = offset + SpoolFormat.recordHeadBytes
        let record =
            type == SpoolFormat.typeReading
            ? self.reading(bytes, in: payload..<end, flags: flags) : self.dropped(bytes, in: payload..<end)
        return record.map { ($0, end - offset) }
    }

    private static func reading(_ bytes: [UInt8], in range: Range<Int>, flags: UInt8) -> SpoolRecord? {
        guard let kind = Reading.Kind(rawValue: flags >> 4) else { return nil }
        let instant = LittleEndian.load(Int64.self, from: bytes, at: range.lowerBound + 8)
        let number = LittleEndian.load(UInt64.self, from: bytes, at: range.lowerBound)
        guard number <= ReadingRange.numberMax else { return nil }
        return .reading(
            SpooledReading(
                number: number,
                reading: Reading(
                    kind: kind,
                    instant: BootInstant(milliseconds: instant),
                    body: Array(bytes[(range.lowerBound + SpoolFormat.readingHeadBytes)..<range.upperBound])
                ),
                begins: flags & SpoolFormat.flagBegins != 0,
                wasSent: flags & SpoolFormat.flagWasSent != 0
            )
        )
    }

    private static func dropped(_ bytes: [UInt8], in range: Range<Int>) -> SpoolRecord? {
        var ranges: [ReadingRange] = []
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: self.rangeBytes) {
            let first = LittleEndian.load(UInt64.self, from: bytes, at: offset + 8)
            let last = LittleEndian.load(UInt64.self, from: bytes, at: offset + 16)
            guard let epoch = UInt32(exactly: LittleEndian.load(UInt64.self, from: bytes, at: offset)),
                first <= last, last <= ReadingRange.numberMax
            else { return nil }
            ranges.append(ReadingRange(epoch: epoch, first: first, last: last))
        }
        return .dropped(ranges)
    }

    private static func begin(_ type: UInt8, flags: UInt8, length: Int, in bytes: inout [UInt8]) -> Int {
        let start = bytes.count
        LittleEndian.append(UInt32(0), to: &bytes)
        LittleEndian.append(UInt16(length), to: &bytes)
        bytes.append(type)
        bytes.append(flags)
        return start
    }

    private static func end(from start: Int, in bytes: inout [UInt8]) {
        LittleEndian.store(CRC32C.of(bytes, in: start + 4..<bytes.count), in: &bytes, at: start)
    }
}
