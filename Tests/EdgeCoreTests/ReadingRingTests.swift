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
        #expect(ring.droppedCount == dropped)
        #expect(ring.count == 10 - dropped)
        #expect(ring.popFirst()?.first == UInt64(dropped))
    }

    @Test("a gap says how many went and from when to when, once")
    func gap() {
        var ring = self.ring(holding: 3)
        #expect(ring.takeGap() == nil)
        for index in 0..<8 { ring.append(self.reading(index)) }
        let gap = ring.takeGap()
        #expect(gap?.count == 5)
        #expect(gap?.first == self.instant(0))
        #expect(gap?.last == self.instant(4))
        #expect(ring.takeGap() == nil)
        #expect(ring.droppedCount == 5)
    }

    @Test("a reading too large for the whole ring is dropped itself and counted")
    func tooLarge() {
        var ring = self.ring(holding: 2)
        ring.append(self.reading(0, [UInt8](repeating: 0, count: 1_000)))
        #expect(ring.isEmpty)
        #expect(ring.usedBytes == 0)
        #expect(ring.droppedCount == 1)
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
        #expect(ring.droppedCount == 2)
        #expect((0..<3).compactMap { _ in ring.popFirst()?.first } == [2, 3, 4])
    }

    @Test("random use keeps order, bound and count: each reading is taken, waiting or dropped")
    func randomUse() {
        let seed: UInt64 = 0x7269_6E67
        var random = SplitMix64(seed: seed)
        var ring = ReadingRing(epoch: 7, sizeMaxBytes: 20_000)
        var appended = 0
        var taken = 0
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
            #expect(ring.count + inFlight.count + taken + ring.droppedCount == appended, "seed \(seed)")
        }
        #expect(ring.droppedCount > 0 && taken > 0)
    }
}
