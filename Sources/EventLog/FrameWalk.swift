internal import LogFormat

/// Walks the frames of a segment file from a place on, reading ahead; the thin shell around ``SegmentScan`` and around
/// searches by time and offset.
struct FrameWalk {
    /// Bytes read at a time; a batch that is checked and longer is read whole.
    private static let chunk = 256 << 10

    private let file: any LogFile
    private let end: UInt64
    private var window: [UInt8] = []
    private var windowStart: UInt64 = 0

    /// A walk over the bytes below `end`.
    init(file: any LogFile, end: UInt64) {
        self.file = file
        self.end = end
    }

    /// Lets `use` look at least at `count` bytes from `byte` on, as far as there are so many.
    mutating func withBytes<Result>(
        at byte: UInt64,
        count: Int,
        _ use: (UnsafeRawBufferPointer) -> Result
    ) throws(LogFileError) -> Result {
        let wanted = Int(min(UInt64(count), self.end - byte))
        if byte < self.windowStart || byte + UInt64(wanted) > self.windowStart + UInt64(self.window.count) {
            let length = Int(min(UInt64(max(count, FrameWalk.chunk)), self.end - byte))
            self.window = try self.file.bytes(at: byte, count: length)
            self.windowStart = byte
        }
        let start = Int(byte - self.windowStart)
        return self.window.withUnsafeBytes { use(UnsafeRawBufferPointer(rebasing: $0[min(start, $0.count)...])) }
    }

    /// Moves `scan` over the next batch.
    mutating func step(_ scan: inout SegmentScan, verifyingBatch: Bool) throws(LogFileError) -> SegmentScan.Step {
        var count = StoredFrame.stride
        while true {
            let left = self.end - scan.byte
            var moved = scan
            let step = try self.withBytes(at: scan.byte, count: count) { window in
                moved.step(window, bytesLeft: left, verifyingBatch: verifyingBatch)
            }
            guard case .needs(let needed) = step else {
                scan = moved
                return step
            }
            // A file shorter than its end would ask for ever.
            guard needed > count else { return .damaged(.short) }
            count = needed
        }
    }

    /// The frame at `byte` and the header of its batch; `nil` when there is none.
    mutating func frame(at byte: UInt64, salt: UInt32) throws(LogFileError) -> (StoredFrame, RecordBatchHeader)? {
        guard byte <= self.end, self.end - byte >= UInt64(StoredFrame.stride) else { return nil }
        let end = self.end
        return try self.withBytes(at: byte, count: StoredFrame.stride) { window in
            guard let frame = StoredFrame(reading: window, salt: salt),
                UInt64(StoredFrame.size + frame.batchBytes) <= end - byte,
                let header = try? SegmentScan.batchHeader(window, frame: frame, verifyingBatch: false)
            else { return nil }
            return (frame, header)
        }
    }
}
