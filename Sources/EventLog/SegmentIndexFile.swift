internal import LogFormat

/// The index of a segment as it lies beside it: a cache, which no one depends on.
///
/// Written when a segment is sealed, when one without is searched, and for the last one at a clean stop; not synced.
/// One that is missing, torn, or of other bytes than the segment has is made again from the segment.
///
/// ```
///  0 "WEIRIDX" │ 7 version u8 = 1 │ 8 number u64 │ 16 salt u32 │ 20 partitions u16 │ 22 cycle u16 │ 24 bytes u64
/// 32 stamp i64 │ 40 firstStamp i64 │ 48 resumeByte u64 │ 56 resumeStamp i64 │ 64 entries u32
/// 68 resumeOffset i64 × partitions │ byte u32 × entries │ stamp i64 × entries
///    │ offset u32 × partitions × entries, less the segment's first │ crc u32
/// ```
struct SegmentIndexFile {
    private static let magic = Array("WEIRIDX".utf8) + [1]
    private static let fixedSize = 68
    private static let crcSize = 4

    /// Bytes of the segment that it is an index of.
    var bytes: UInt64
    /// The last enqueue stamp in those.
    var stamp: Int64
    /// The first one.
    var firstStamp: Int64
    /// From where to check the rest after a clean stop.
    var resume: ResumePoint
    var index: SparseIndex

    /// The path of the file beside the segment at `path`.
    static func path(of header: SegmentHeader, besideSegment path: String) -> String {
        "\(LogFileNames.directory(of: path))/\(LogFileNames.index(header.number))"
    }

    /// The file beside a segment with this header.
    func encoded(for header: SegmentHeader) -> [UInt8] {
        let partitions = header.nextOffsets.count
        let columns = self.index.columns
        let count = columns.bytes.count
        let size =
            SegmentIndexFile.fixedSize + 8 * partitions + count * (12 + 4 * partitions) + SegmentIndexFile.crcSize
        var encoded = [UInt8](repeating: 0, count: size)
        encoded.withUnsafeMutableBytes { raw in
            guard let base = raw.baseAddress else { return }
            raw.copyBytes(from: SegmentIndexFile.magic)
            base.storeBigEndian(header.number, at: 8)
            base.storeBigEndian(header.salt, at: 16)
            base.storeBigEndian(UInt16(partitions), at: 20)
            base.storeBigEndian(self.resume.cycle, at: 22)
            base.storeBigEndian(self.bytes, at: 24)
            base.storeBigEndian(self.stamp, at: 32)
            base.storeBigEndian(self.firstStamp, at: 40)
            base.storeBigEndian(self.resume.byte, at: 48)
            base.storeBigEndian(self.resume.stamp, at: 56)
            base.storeBigEndian(UInt32(count), at: 64)
            var at = SegmentIndexFile.fixedSize
            func put<Field: FixedWidthInteger & BitwiseCopyable>(_ fields: [Field]) {
                for field in fields {
                    base.storeBigEndian(field, at: at)
                    at += MemoryLayout<Field>.size
                }
            }
            put(self.resume.nextOffsets)
            put(columns.bytes)
            put(columns.stamps)
            put(columns.offsets)
            let covered = UnsafeRawBufferPointer(rebasing: raw[..<at])
            base.storeBigEndian(CRC32C.checksum(covered), at: at)
        }
        return encoded
    }

    /// Reads a whole file; `nil` when it is not an index of the segment with this header.
    init?(reading file: [UInt8], header: SegmentHeader) {
        let partitions = header.nextOffsets.count
        let fixed = SegmentIndexFile.fixedSize + 8 * partitions
        guard file.count >= fixed + SegmentIndexFile.crcSize, file.starts(with: SegmentIndexFile.magic) else {
            return nil
        }
        let read = file.withUnsafeBytes { raw -> SegmentIndexFile? in
            let covered = UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - SegmentIndexFile.crcSize)])
            guard let base = raw.baseAddress,
                base.bigEndian(UInt32.self, at: covered.count) == CRC32C.checksum(covered),
                base.bigEndian(UInt64.self, at: 8) == header.number,
                base.bigEndian(UInt32.self, at: 16) == header.salt,
                base.bigEndian(UInt16.self, at: 20) == partitions
            else { return nil }
            let count = Int(base.bigEndian(UInt32.self, at: 64))
            guard covered.count == fixed + count * (12 + 4 * partitions) else { return nil }
            var at = SegmentIndexFile.fixedSize
            func take<Field: FixedWidthInteger & BitwiseCopyable>(_ count: Int, _ type: Field.Type) -> [Field] {
                defer { at += count * MemoryLayout<Field>.size }
                return (0..<count).map { base.bigEndian(type, at: at + $0 * MemoryLayout<Field>.size) }
            }
            let resume = ResumePoint(
                byte: base.bigEndian(UInt64.self, at: 48),
                cycle: base.bigEndian(UInt16.self, at: 22),
                stamp: base.bigEndian(Int64.self, at: 56),
                nextOffsets: take(partitions, Int64.self)
            )
            let columns = SparseIndex.Columns(
                bytes: take(count, UInt32.self),
                stamps: take(count, Int64.self),
                offsets: take(count * partitions, UInt32.self)
            )
            return SegmentIndexFile(
                bytes: base.bigEndian(UInt64.self, at: 24),
                stamp: base.bigEndian(Int64.self, at: 32),
                firstStamp: base.bigEndian(Int64.self, at: 40),
                resume: resume,
                index: SparseIndex(
                    firstByte: UInt64(header.size),
                    baseOffsets: header.nextOffsets,
                    columns: columns
                )
            )
        }
        guard let read, read.resume.byte >= UInt64(header.size), read.resume.byte <= read.bytes else { return nil }
        self = read
    }

    /// An index of these parts.
    init(bytes: UInt64, stamp: Int64, firstStamp: Int64, resume: ResumePoint, index: SparseIndex) {
        self.bytes = bytes
        self.stamp = stamp
        self.firstStamp = firstStamp
        self.resume = resume
        self.index = index
    }
}

extension LogFiles {
    /// The index beside a segment, when it is of all the `bytes` that the segment has; `nil` when it must be made.
    func index(of header: SegmentHeader, at path: String, bytes: UInt64) -> SegmentIndexFile? {
        do throws(LogFileError) {
            let file = try self.open(SegmentIndexFile.path(of: header, besideSegment: path), .read)
            // 40 bytes an entry of 32 partitions would be 400 bytes for 64 KiB: more than the segment is not an index.
            let size = try file.size()
            guard size <= bytes else { return nil }
            let index = SegmentIndexFile(reading: try file.bytes(at: 0, count: Int(size)), header: header)
            return index?.bytes == bytes ? index : nil
        } catch {
            // Missing or not readable: the segment itself says what is wrong with the disk.
            return nil
        }
    }

    /// Leaves an index beside a segment; not synced, as a whole or not at all while the system stands.
    func write(_ index: SegmentIndexFile, of header: SegmentHeader, at path: String) throws(LogFileError) {
        let path = SegmentIndexFile.path(of: header, besideSegment: path)
        let unfinished = path + LogFileNames.unfinishedSuffix
        let file = try self.open(unfinished, .create)
        try file.write(index.encoded(for: header), at: 0)
        try self.rename(unfinished, to: path)
    }
}
