import EdgeCore
import SensorKit
import Testing

@Suite("readings that wait, bounded")
struct ReadingRingTests {
    private static let body = [UInt8](repeating: 0x41, count: 4)
    private static let cost = 4 + ReadingRing.readingOverheadBytes

    private func instant(_ index: Int) -> BootInstant { BootInstant(milliseconds: Int64(index) * 1_000) }

    private func reading(_ index: Int, _ body: [UInt8] = body) -> Reading {
        Reading(instant: self.instant(index), body: body)
    }

    private func ring(holding count: Int, extraBytes: Int = 0) -> ReadingRing {
        ReadingRing(epoch: 7, sizeMaxBytes: count * Self.cost + extraBytes)
    }

    @Test("what fits stays, one byte less and the oldest goes", arguments: [(0, 0), (-1, 1)])
    func bound(extraBytes: Int, dropped: Int) {
        var ring = self.ring(holding: 10, extraBytes: extraBytes)
        for index in 0..<10 { ring.append(self.reading(index)) }
        #expect(ring.takeGaps().reduce(0) { $0 + $1.range.count } == UInt64(dropped))
        #expect(ring.count == 10 - dropped)
        #expect(ring.popFirst()?.first == UInt64(dropped))
    }

    @Test("a gap says which readings went and from when to when, once")
    func gap() {
        var ring = self.ring(holding: 3)
        #expect(ring.takeGaps().isEmpty)
        for index in 0..<8 { ring.append(self.reading(index)) }
        let range = ReadingRange(epoch: 7, first: 0, last: 4)
        let gaps = ring.takeGaps()
        #expect(gaps.map(\.range) == [range])
        #expect(gaps.first?.first == self.instant(0) && gaps.first?.last == self.instant(4))
        #expect(ring.takeGaps().isEmpty)
    }

    @Test(
        "a reading too large for the whole ring, or for a record, is dropped itself and told",
        arguments: [1_000, 65_520]
    )
    func tooLarge(bytes: Int) {
        var ring = ReadingRing(epoch: 7, sizeMaxBytes: bytes > 1_000 ? 1_000_000 : 300)
        ring.append(self.reading(0, [UInt8](repeating: 0, count: bytes)))
        #expect(ring.isEmpty)
        #expect(ring.usedBytes == 0)
        #expect(ring.takeGaps().map(\.range) == [ReadingRange(epoch: 7, first: 0, last: 0)])
        ring.append(self.reading(1, [1]))
        #expect(ring.popFirst()?.first == 1)
    }

    @Test("the longest body that fits a record is taken")
    func longest() {
        var ring = ReadingRing(epoch: 7, sizeMaxBytes: 1_000_000)
        ring.append(self.reading(0, [UInt8](repeating: 0, count: SpoolFormat.bodyMaxBytes)))
        #expect(ring.count == 1)
    }

    @Test("what waits is taken as one parcel: of one kind, 64 readings and 128 KiB at most")
    func batches() {
        var ring = ReadingRing(epoch: 7, sizeMaxBytes: 10_000_000)
        for index in 0..<70 { ring.append(self.reading(index)) }
        ring.append(Reading(kind: .health, instant: self.instant(70), body: Self.body))
        for index in 71..<75 { ring.append(self.reading(index, [UInt8](repeating: 0x41, count: 50_000))) }
        let counts = (0..<5).map { _ in ring.popFirst(readingsMax: 100)?.count }
        #expect(counts == [64, 6, 1, 2, 2])
        #expect(ring.isEmpty)
    }

    @Test("a parcel that was sent comes out as it was put back, others are cut anew")
    func boundaries() {
        var ring = self.ring(holding: 20)
        for index in 0..<6 { ring.append(self.reading(index)) }
        var sent = ring.popFirst(readingsMax: 2)
        let unsent = ring.popFirst(readingsMax: 2)
        sent?.wasSent = true
        ring.putBack([sent, unsent].compactMap { $0 })
        #expect(ring.count == 6)
        #expect(ring.popFirst(readingsMax: 64) == sent)
        #expect(ring.popFirst(readingsMax: 64)?.count == 4)
    }

    @Test("what is put back comes out first, in order")
    func putBack() {
        var ring = self.ring(holding: 10)
        for index in 0..<5 { ring.append(self.reading(index)) }
        let taken = (0..<2).compactMap { _ in ring.popFirst() }
        ring.append(self.reading(5))
        ring.putBack(taken)
        #expect((0..<6).compactMap { _ in ring.popFirst()?.first } == [0, 1, 2, 3, 4, 5])
        #expect(ring.usedBytes == 0)
    }

    @Test("putting back into a full ring keeps the bound: the oldest go")
    func putBackFull() {
        var ring = self.ring(holding: 3)
        for index in 0..<3 { ring.append(self.reading(index)) }
        let taken = (0..<2).compactMap { _ in ring.popFirst() }
        for index in 3..<5 { ring.append(self.reading(index)) }
        ring.putBack(taken)
        #expect(ring.usedBytes <= 3 * Self.cost)
        #expect(ring.takeGaps().map(\.range) == [ReadingRange(epoch: 7, first: 0, last: 1)])
        #expect((0..<3).compactMap { _ in ring.popFirst()?.first } == [2, 3, 4])
    }

    @Test("random use keeps order, bound and count: each reading is taken, waiting or dropped")
    func randomUse() {
        let seed: UInt64 = 0x7269_6E67
        var random = SplitMix64(seed: seed)
        var ring = ReadingRing(epoch: 7, sizeMaxBytes: 20_000)
        var appended = 0
        var taken = 0
        var dropped = 0
        var inFlight: [Parcel] = []
        var nextTaken: UInt64 = 0
        for _ in 0..<50_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let body = [UInt8](repeating: 1, count: Int.random(in: 0...300, using: &random))
                ring.append(self.reading(appended, body))
                appended += 1
            case 5..<8:
                guard inFlight.count < 20, let parcel = ring.popFirst() else { continue }
                #expect(parcel.first >= nextTaken, "seed \(seed)")
                nextTaken = parcel.first + 1
                inFlight.append(parcel)
            case 8:
                taken += inFlight.isEmpty ? 0 : 1
                if !inFlight.isEmpty { inFlight.removeFirst() }
            default:
                guard Int.random(in: 0..<5, using: &random) == 0 else { continue }
                nextTaken = inFlight.first?.first ?? nextTaken
                ring.putBack(inFlight)
                inFlight = []
            }
            #expect(ring.usedBytes <= 20_000, "seed \(seed)")
            dropped += ring.takeGaps().reduce(0) { $0 + Int($1.range.count) }
            #expect(ring.count + inFlight.count + taken + dropped == appended, "seed \(seed)")
        }
        #expect(dropped > 0 && taken > 0)
    }
}
