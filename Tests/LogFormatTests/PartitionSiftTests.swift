import LogFormat
import LogTestSupport
import TestSupport
import Testing

@Suite("Taking one partition's batches out of a segment's bytes, contracts/kafka.md §6")
struct PartitionSiftTests {
    /// One batch of a made-up segment.
    private struct Placed {
        var partition: Int
        var base: Int64
        var count: Int
        var stored: [UInt8]
        var batch: [UInt8] { Array(self.stored[StoredFrame.size...]) }
    }

    private func placed(_ partition: Int, _ base: Int64, _ values: [String]) -> Placed {
        let stored = BatchFixture(values: values).stored(partition: partition, baseOffset: base)
        return Placed(partition: partition, base: base, count: values.count, stored: stored)
    }

    private func sift(
        from: Int64,
        below: Int64 = 1_000,
        maxBytes: Int = 1 << 20,
        isFirstWhole: Bool = true
    ) -> PartitionSift {
        PartitionSift(partition: 1, from: from, below: below, maxBytes: maxBytes, isFirstWhole: isFirstWhole)
    }

    /// Sifts `file` in windows of `window` bytes, as the shell does.
    private func run(
        _ sift: inout PartitionSift,
        _ file: [UInt8],
        window: Int
    ) -> (kept: [UInt8], byte: Int, stop: PartitionSift.Stop) {
        var (byte, wanted) = (0, StoredFrame.stride)
        var kept: [UInt8] = []
        while byte < file.count {
            let count = min(max(window, wanted), file.count - byte)
            var bytes = Array(file[byte..<(byte + count)])
            let left = UInt64(file.count - byte)
            let step = bytes.withUnsafeMutableBytes { sift.step($0, got: count, left: left, salt: 7) }
            kept += bytes[..<step.kept]
            byte += Int(step.advance)
            if step.stop != .more { return (kept, byte, step.stop) }
            wanted = step.wanted
        }
        return (kept, byte, .more)
    }

    /// Partition 1 holds offsets 10–11, 12, 13–15; others stand between.
    private var file: [Placed] {
        [
            self.placed(0, 5, ["x"]), self.placed(1, 10, ["a", "b"]), self.placed(2, 0, ["y", "y"]),
            self.placed(0, 6, ["x"]), self.placed(1, 12, ["c"]), self.placed(1, 13, ["d", "e", "f"]),
            self.placed(0, 7, ["x"]),
        ]
    }

    @Test(
        "from an offset on, the batch that holds it and all behind it",
        arguments: [(10, 0), (11, 0), (12, 1), (15, 2)]
    )
    func offsets(from: Int64, first: Int) {
        let own = self.file.filter { $0.partition == 1 }
        for window in [1, 81, 100, 200, 1_000] {
            var sift = self.sift(from: from)
            let (kept, byte, stop) = self.run(&sift, self.file.flatMap(\.stored), window: window)
            #expect(kept == own[first...].flatMap(\.batch), "window \(window)")
            #expect(stop == .more && byte == self.file.flatMap(\.stored).count)
            #expect(sift.nextOffset == 16)
        }
    }

    @Test("behind a gap of offsets the next batch is taken; behind the last one nothing is")
    func gaps() {
        var sift = self.sift(from: 3)
        #expect(self.run(&sift, self.file.flatMap(\.stored), window: 4_096).kept.isEmpty == false)
        sift = self.sift(from: 16)
        #expect(self.run(&sift, self.file.flatMap(\.stored), window: 4_096).kept.isEmpty)
        #expect(sift.nextOffset == 16)
    }

    @Test("batches from the end offset on are not taken, and the step ends before them")
    func below() {
        var sift = self.sift(from: 10, below: 12)
        let (kept, byte, stop) = self.run(&sift, self.file.flatMap(\.stored), window: 4_096)
        #expect(kept == self.file[1].batch && stop == .full && sift.nextOffset == 12)
        #expect(byte == self.file[..<4].flatMap(\.stored).count)
    }

    @Test("whole batches up to the limit; the first one over it only when asked for", arguments: [true, false])
    func limit(isFirstWhole: Bool) {
        let own = self.file.filter { $0.partition == 1 }
        let sizes = own.map(\.batch.count)
        for (maxBytes, count) in [
            (0, 0), (sizes[0] - 1, 0), (sizes[0], 1), (sizes[0] + sizes[1] - 1, 1), (sizes[0] + sizes[1], 2),
            (sizes[0] + sizes[1] + sizes[2], 3),
        ] {
            var sift = self.sift(from: 10, maxBytes: maxBytes, isFirstWhole: isFirstWhole)
            let (kept, _, _) = self.run(&sift, self.file.flatMap(\.stored), window: 64)
            let expected = max(count, isFirstWhole ? 1 : 0)
            #expect(kept == own[..<expected].flatMap(\.batch), "\(maxBytes)")
        }
    }

    @Test("a batch before the offset asked for takes no room")
    func early() {
        let big = self.placed(1, 0, [String(repeating: "x", count: 500)])
        let small = self.placed(1, 1, ["s"])
        var sift = self.sift(from: 1, maxBytes: 100, isFirstWhole: false)
        #expect(self.run(&sift, big.stored + small.stored, window: 64).kept == small.batch)
    }

    @Test("a long way of others ends the step, and the next one goes on")
    func foreign() {
        let others = (0..<30).map { self.placed(0, Int64($0), [String(repeating: "x", count: 100_000)]) }
        let own = self.placed(1, 0, ["o"])
        let file = others.flatMap(\.stored) + own.stored
        var sift = self.sift(from: 0)
        var rest = file
        var stops = 0
        while true {
            let (kept, byte, stop) = self.run(&sift, rest, window: 4_096)
            guard stop == .foreign else {
                #expect(stop == .more && kept == own.batch)
                break
            }
            stops += 1
            rest = Array(rest[byte...])
        }
        #expect(stops == 2)
    }

    @Test("flipped or cut at every byte: what is taken is right, and what is wrong is damage")
    func everyByte() {
        let own = self.file.filter { $0.partition == 1 }.flatMap(\.batch)
        let file = self.file.flatMap(\.stored)
        for index in file.indices {
            for window in [81, 4_096] {
                var flipped = file
                flipped[index] ^= 0x02
                var sift = self.sift(from: 10)
                let (kept, _, stop) = self.run(&sift, flipped, window: window)
                #expect(own.starts(with: kept), "byte \(index)")
                // Only what is inside another partition's records goes unnoticed here.
                if stop == .more { #expect(kept == own, "byte \(index)") }
                sift = self.sift(from: 10)
                let (front, _, _) = self.run(&sift, Array(file[..<index]), window: window)
                #expect(own.starts(with: front), "cut at \(index)")
            }
        }
    }

    @Test("a file that is shorter than it was is damage, not the end")
    func short() {
        let file = self.file.flatMap(\.stored)
        // Inside the last batch, which is another partition's, nothing is missed.
        let last = self.file[6].stored.count
        for length in 0..<(file.count - last + StoredFrame.stride) {
            var sift = self.sift(from: 10)
            var bytes = Array(file[..<length]) + [UInt8](repeating: 0, count: file.count - length)
            let step = bytes.withUnsafeMutableBytes { sift.step($0, got: length, left: UInt64($0.count), salt: 7) }
            guard case .damaged = step.stop else {
                Issue.record("cut at \(length): \(step.stop)")
                continue
            }
        }
    }
}
