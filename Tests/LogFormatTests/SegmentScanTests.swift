import LogFormat
import Testing

/// Makes segments by hand: each element of a cycle is one batch, the worked one, at the partition's next offset.
struct SegmentMaker {
    static let salt: UInt32 = 0x5eed
    private(set) var bytes: [UInt8]
    private(set) var starts: [Int] = []
    private var offsets: [Int64]
    private var cycle: UInt16
    let header: SegmentHeader

    init(partitionCount: Int = 2, cycle: UInt16 = 0) {
        self.header = SegmentHeader(
            number: 0,
            salt: SegmentMaker.salt,
            cycle: cycle,
            stamp: 0,
            previousBytes: 0,
            nextOffsets: Array(repeating: 0, count: partitionCount)
        )
        self.bytes = self.header.bytes
        self.offsets = self.header.nextOffsets
        self.cycle = cycle
    }

    mutating func addCycle(partitions: [Int]) {
        self.cycle &+= 1
        for (index, partition) in partitions.enumerated() {
            var stored = [UInt8](repeating: 0, count: StoredFrame.size) + workedBatch
            withUnsafeBytes(of: self.offsets[partition].bigEndian) { stored.replaceSubrange(20..<28, with: $0) }
            let frame = StoredFrame(
                partition: partition,
                cycle: self.cycle,
                isLastOfCycle: index == partitions.count - 1,
                batchBytes: workedBatch.count,
                baseOffset: self.offsets[partition]
            )
            stored.withUnsafeMutableBytes { frame.write(to: $0, salt: SegmentMaker.salt) }
            self.starts.append(self.bytes.count)
            self.bytes += stored
            self.offsets[partition] += 3
        }
    }
}

@Suite("Scanning a segment and judging its tail, notes/log.md")
struct SegmentScanTests {
    private func scan(_ header: SegmentHeader, _ bytes: [UInt8]) -> (scan: SegmentScan, fault: SegmentScan.Fault?) {
        var scan = SegmentScan(after: header)
        while true {
            let step = bytes.withUnsafeBytes { raw in
                scan.step(
                    UnsafeRawBufferPointer(rebasing: raw[Int(scan.byte)...]),
                    bytesLeft: UInt64(raw.count) - scan.byte,
                    verifyingBatch: true
                )
            }
            switch step {
            case .batch: continue
            case .end: return (scan, nil)
            case .damaged(let fault): return (scan, fault)
            case .needs(let count): preconditionFailure("the window is the whole file, \(count) bytes asked")
            }
        }
    }

    private func verdict(_ header: SegmentHeader, _ bytes: [UInt8], synced: UInt64? = nil) -> TailVerdict? {
        let (scan, fault) = self.scan(header, bytes)
        guard let fault else { return nil }
        var search = FrameSearch(behind: scan)
        bytes.withUnsafeBytes { raw in
            search.look(at: UnsafeRawBufferPointer(rebasing: raw[Int(scan.byte)...]), from: scan.byte)
        }
        return TailVerdict(fault: fault, scan: scan, search: search, synced: synced)
    }

    /// Cycles: A (partitions 0, 1), B (0), C (1, 0, 1).
    private func threeCycles() -> SegmentMaker {
        var maker = SegmentMaker()
        maker.addCycle(partitions: [0, 1])
        maker.addCycle(partitions: [0])
        maker.addCycle(partitions: [1, 0, 1])
        return maker
    }

    @Test("a whole segment is walked to its end, with offsets, cycles and the last cycle's start")
    func whole() {
        let maker = self.threeCycles()
        let (scan, fault) = self.scan(maker.header, maker.bytes)
        #expect(fault == nil)
        #expect(scan.nextOffsets == [9, 9])
        #expect(scan.cycle == 3 && scan.isCycleComplete)
        #expect(scan.cycleStart == UInt64(maker.starts[3]))
        #expect(scan.byte == UInt64(maker.bytes.count))
    }

    @Test("a small window asks for what it needs and moves nothing")
    func windows() {
        let maker = self.threeCycles()
        var scan = SegmentScan(after: maker.header)
        let before = scan
        let start = Int(scan.byte)
        func step(_ count: Int) -> SegmentScan.Step {
            maker.bytes.withUnsafeBytes { raw in
                scan.step(
                    UnsafeRawBufferPointer(rebasing: raw[start..<(start + count)]),
                    bytesLeft: UInt64(raw.count - start),
                    verifyingBatch: true
                )
            }
        }
        #expect(step(0) == .needs(81))
        #expect(step(80) == .needs(81))
        #expect(step(81) == .needs(136))
        #expect(step(135) == .needs(136))
        #expect(scan == before)
        guard case .batch = step(136) else {
            Issue.record("a whole batch was not taken")
            return
        }
    }

    @Test("cut at any byte, the good batches stay and the rest is a torn write")
    func cuts() {
        let maker = self.threeCycles()
        for length in maker.header.size..<maker.bytes.count {
            let bytes = Array(maker.bytes[..<length])
            let whole = maker.starts.filter { $0 + 136 <= length }.count
            let (scan, _) = self.scan(maker.header, bytes)
            #expect(scan.byte == UInt64(whole == 0 ? maker.header.size : maker.starts[whole - 1] + 136))
            #expect(self.verdict(maker.header, bytes) ?? .cut == .cut)
        }
    }

    @Test(
        "a bad batch is a torn write only when all that follows belongs to its cycle",
        arguments: [
            (0, true), (1, true), (2, true),  // in A and B, C follows
            (3, false), (4, false), (5, false),  // in C, the last cycle
        ]
    )
    func badBatch(index: Int, isDamage: Bool) {
        let maker = self.threeCycles()
        for byte in 0..<136 {
            var bytes = maker.bytes
            bytes[maker.starts[index] + byte] ^= 0x40
            guard let verdict = self.verdict(maker.header, bytes) else {
                Issue.record("byte \(byte) of batch \(index) was not noticed")
                continue
            }
            #expect((verdict != .cut) == isDamage, "byte \(byte)")
        }
    }

    @Test("after a clean stop a bad batch with good ones behind it is damage in the last cycle too")
    func cleanStop() {
        let maker = self.threeCycles()
        let synced = UInt64(maker.bytes.count)
        for (index, isDamage) in [(0, true), (3, true), (4, true), (5, false)] {
            var bytes = maker.bytes
            bytes[maker.starts[index] + 100] ^= 1
            #expect((self.verdict(maker.header, bytes, synced: synced) != .cut) == isDamage)
        }
    }

    @Test("the second of two cycles torn at its start, later parts written, is cut")
    func reorderedWrite() {
        var maker = SegmentMaker()
        maker.addCycle(partitions: [0])
        maker.addCycle(partitions: [0, 1, 0])
        var bytes = maker.bytes
        for index in maker.starts[1]..<(maker.starts[1] + 136) { bytes[index] = 0 }
        #expect(self.verdict(maker.header, bytes) == .cut)
    }

    @Test("a batch that is missing while the next cycle stands in its place is damage")
    func missingBatch() {
        let maker = self.threeCycles()
        var bytes = maker.bytes
        bytes.removeSubrange(maker.starts[2]..<maker.starts[3])
        #expect(self.verdict(maker.header, bytes) == .damaged(nextValid: UInt64(maker.starts[2])))
    }

    @Test(
        "a copy of an earlier batch at the end, whole or in part, proves nothing and is cut",
        arguments: [41, 80, 136]
    )
    func staleCopy(length: Int) {
        let maker = self.threeCycles()
        let copy = maker.bytes[maker.starts[2]..<(maker.starts[2] + length)]
        #expect(self.verdict(maker.header, maker.bytes + copy) == .cut)
    }

    @Test("a payload that looks like a frame does not count as one: it cannot know the salt")
    func hostilePayload() {
        var maker = SegmentMaker()
        maker.addCycle(partitions: [0])
        // Behind a torn batch: a perfect stored batch of a later cycle, made with another salt.
        var forged = [UInt8](repeating: 0, count: StoredFrame.size) + workedBatch
        let frame = StoredFrame(
            partition: 0,
            cycle: 9,
            isLastOfCycle: true,
            batchBytes: workedBatch.count,
            baseOffset: 0
        )
        forged.withUnsafeMutableBytes { frame.write(to: $0, salt: SegmentMaker.salt &+ 1) }
        #expect(self.verdict(maker.header, maker.bytes + [1, 2, 3] + forged) == .cut)
    }

    @Test("cycle numbers go round")
    func wrap() {
        var maker = SegmentMaker(cycle: 0xfffe)
        for _ in 0..<4 { maker.addCycle(partitions: [0, 1]) }
        let (scan, fault) = self.scan(maker.header, maker.bytes)
        #expect(fault == nil && scan.cycle == 2)
        var bytes = maker.bytes
        bytes[maker.starts[2] + 50] ^= 1
        #expect(self.verdict(maker.header, bytes) != .cut)
    }
}
