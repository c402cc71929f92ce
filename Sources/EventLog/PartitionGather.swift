internal import LogFormat
internal import NIOCore

/// Collects the batches of one partition from segments: the thin shell around ``PartitionSift``.
///
/// Bytes are read straight into the result and foreign ones written over, so there is no window besides it. Reads are
/// small after a jump over a large batch and grow while batches stand close together.
struct PartitionGather {
    private static let windowMin = 4 << 10
    private static let windowMax = 512 << 10

    private var sift: PartitionSift
    /// Whole batches, one after the other.
    private(set) var batches = ByteBuffer()
    /// Where the next frame begins, in the segment that was read last.
    private(set) var byte: UInt64 = 0
    /// Bytes of frames and batches looked at, skipped ones included.
    private(set) var bytesExamined: UInt64 = 0
    private var window = 64 << 10

    init(_ sift: PartitionSift) {
        self.sift = sift
    }

    /// The offset behind the last batch; the one asked for when there is none.
    var nextOffset: Int64 { self.sift.nextOffset }

    /// Goes on in a segment from `start` to `end`, which is synced; `more` when all of it was looked at.
    mutating func gather(
        _ file: any LogFile,
        salt: UInt32,
        from start: UInt64,
        to end: UInt64
    ) throws(LogFileError) -> PartitionSift.Stop {
        self.byte = start
        var wanted = StoredFrame.stride
        while self.byte < end {
            if self.sift.isFull { return .full }
            let count = Int(min(UInt64(max(self.window, wanted)), end - self.byte))
            let step = try self.fill(file, count: count, end: end, salt: salt)
            self.byte += step.advance
            self.bytesExamined += step.advance
            guard step.stop == .more else { return step.stop }
            self.resize(wanted: wanted, count: count, advance: step.advance)
            wanted = step.wanted
        }
        return .more
    }

    private mutating func fill(
        _ file: any LogFile,
        count: Int,
        end: UInt64,
        salt: UInt32
    ) throws(LogFileError) -> PartitionSift.Step {
        var failure: LogFileError?
        var step = PartitionSift.Step()
        let start = self.byte
        var sift = self.sift
        self.batches.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            let target = UnsafeMutableRawBufferPointer(rebasing: room[..<count])
            do throws(LogFileError) {
                let got = try file.read(into: target, at: start)
                step = sift.step(target, got: got, left: end - start, salt: salt)
            } catch {
                failure = error
            }
            return step.kept
        }
        self.sift = sift
        if let failure { throw failure }
        return step
    }

    private mutating func resize(wanted: Int, count: Int, advance: UInt64) {
        if wanted > self.window || advance > UInt64(count) {
            self.window = max(self.window / 4, PartitionGather.windowMin)
        } else if advance * 2 > UInt64(count) {
            self.window = min(self.window * 2, PartitionGather.windowMax)
        }
    }
}
