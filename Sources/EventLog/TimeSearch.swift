internal import LogFormat
internal import NIOCore
internal import Synchronization

/// Looks for the first record of a partition that is not before a time, batch by batch.
struct TimeSearch {
    let time: Int64
    let partition: Int
    let decompress: RecordDecompression?
    /// The record, once found.
    private(set) var found: (offset: Int64, time: Int64)?
    /// The latest time seen; `nil` before the first batch of the partition.
    var latest: Int64?

    init(time: Int64, partition: Int, decompress: RecordDecompression?) {
        self.time = time
        self.partition = partition
        self.decompress = decompress
    }

    /// Goes on from `byte`, which moves, to `end`, or behind the batch that reaches `bytesMax`; returns what is wrong with
    /// the bytes at `byte` when something is.
    mutating func walk(
        _ file: any LogFile,
        salt: UInt32,
        from byte: inout UInt64,
        to end: UInt64,
        bytesMax: UInt64
    ) throws(LogFileError) -> String? {
        var walk = FrameWalk(file: file, end: end)
        let start = byte
        while byte < end, byte - start < bytesMax {
            guard let (frame, header) = try walk.frame(at: byte, salt: salt) else {
                return "no valid frame stands here"
            }
            if frame.partition == self.partition {
                self.latest = max(self.latest ?? .min, header.maxTimestamp)
                if header.maxTimestamp >= self.time {
                    let bytes = try file.bytes(at: byte + UInt64(StoredFrame.size), count: frame.batchBytes)
                    if let fault = self.look(into: ByteBuffer(bytes: bytes)) { return fault }
                    if self.found != nil { return nil }
                }
            }
            byte += UInt64(StoredFrame.size + frame.batchBytes)
        }
        return nil
    }

    /// Looks at the records of a batch whose latest time is late enough.
    private mutating func look(into batch: ByteBuffer) -> String? {
        let header: RecordBatchHeader
        do throws(RecordBatchError) {
            header = try batch.withUnsafeReadableBytes { raw throws(RecordBatchError) in
                try RecordBatchHeader.verifyChecksum(of: raw)
                return try RecordBatchHeader(reading: raw)
            }
        } catch {
            return "\(error)"
        }
        let whole = (offset: header.baseOffset, time: header.maxTimestamp)
        if header.isLogAppendTime {
            self.found = whole
            return nil
        }
        do throws(RecordBatchError) {
            var records = try RecordBatchReader(batch, verifyingChecksum: false, decompress: self.decompress)
            while let record = try records.next() {
                guard record.timestampMilliseconds >= self.time else { continue }
                self.found = (record.offset, record.timestampMilliseconds)
                return nil
            }
        } catch {
            // Compressed, and nobody here can open it: all of it may be wanted.
            self.found = whole
        }
        return nil
    }
}

/// The latest time of a partition in sealed segments, as far as searches have seen them.
final class LatestTimes: Sendable {
    private struct Key: Hashable {
        var segment: UInt64
        var partition: Int
    }

    /// Times kept at most; then all are forgotten.
    private static let countMax = 4_096
    private let times = Mutex<[Key: Int64]>([:])

    func latest(segment: UInt64, partition: Int) -> Int64? {
        self.times.withLock { $0[Key(segment: segment, partition: partition)] }
    }

    func note(_ latest: Int64, segment: UInt64, partition: Int) {
        self.times.withLock { times in
            if times.count >= LatestTimes.countMax { times.removeAll() }
            times[Key(segment: segment, partition: partition)] = latest
        }
    }
}
