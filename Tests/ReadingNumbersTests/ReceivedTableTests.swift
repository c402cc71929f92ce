import TestSupport
import Testing

@testable import ReadingNumbers

@Suite("The table of received numbers")
struct ReceivedTableTests {
    private static func key(_ number: Int) -> DeviceKey {
        DeviceKey(of: "dev\(number)", secret: SipHash.Key(low: 1, high: 2))
    }

    private static func insert(_ span: String, of number: Int, into table: inout ReceivedTable, minute: UInt32 = 0) {
        table.insert(ReadingSpan(text: span), of: self.key(number), name: "dev\(number)", atMinute: minute)
    }

    /// The device gives up `count` numbers, one after the other.
    private static func drop(
        _ count: Int,
        epoch: Int = 1,
        from first: Int = 0,
        of number: Int,
        in table: inout ReceivedTable
    ) {
        for step in 0..<count {
            table.insert(
                nil,
                dropped: [ReadingSpan(text: "\(epoch):\(first + step)")],
                of: self.key(number),
                name: "dev\(number)",
                atMinute: 1
            )
        }
    }

    @Test("against a dictionary: devices come, go and come again")
    func dictionary() {
        var random = SeededGenerator.announced()
        var table = ReceivedTable(devicesMax: 10_000)
        var expected: [Int: ReceivedRanges] = [:]
        for step in 0..<20_000 {
            // Keys that meet in the index: only few of their bits differ.
            let number = Int.random(in: 0..<300, using: &random)
            let key = DeviceKey(low: UInt64(number % 17) << 3, high: UInt64(number))
            if Int.random(in: 0..<4, using: &random) == 0 {
                table.forget(key)
                expected[number] = nil
            } else {
                let span = ReadingSpan(text: "1:\(step % 50 * 3)-\(step % 50 * 3 + 1)")
                table.insert(span, of: key, name: "dev\(number)", atMinute: 0)
                var effects = NumberEffects()
                expected[number, default: ReceivedRanges()].insert(span, atMinute: 0, effects: &effects)
            }
            #expect(table.count == expected.count)
            let probe = Int.random(in: 0..<300, using: &random)
            let found = table.ranges(of: DeviceKey(low: UInt64(probe % 17) << 3, high: UInt64(probe)))
            #expect(found == expected[probe] ?? ReceivedRanges())
        }
        var stored: [UInt64: ReceivedRanges] = [:]
        table.stored(from: 0, count: table.entryCount) { stored[$0.key.high] = $0.ranges }
        #expect(stored == Dictionary(uniqueKeysWithValues: expected.map { (UInt64($0.key), $0.value) }))
    }

    @Test("the device that sent nothing for the longest time is forgotten, and what was waited for from it is told")
    func recency() {
        var table = ReceivedTable(devicesMax: 3)
        Self.insert("1:0", of: 0, into: &table)
        Self.insert("1:5", of: 0, into: &table)
        for number in 1...2 { Self.insert("1:0", of: number, into: &table) }
        Self.insert("1:1", of: 1, into: &table)
        Self.insert("1:0", of: 3, into: &table)
        #expect(table.count == 3 && table.counts.forgottenDevices == 1)
        #expect(table.ranges(of: Self.key(0)).isEmpty)
        #expect(table.gaps == [ReadingGap(device: "dev0", span: ReadingSpan(text: "1:1-4"), reason: .unwatched)])
        Self.insert("1:0", of: 4, into: &table)
        #expect(table.ranges(of: Self.key(2)).isEmpty)
        #expect(table.ranges(of: Self.key(1)).text == "1:0-1")
    }

    @Test("scattered numbers make devices be forgotten before the memory grows beyond its bound")
    func scattered() {
        var table = ReceivedTable(devicesMax: 100)
        for number in 0..<100 {
            for step in 0..<64 { Self.insert("\(step % 2):\(step * 5)", of: number, into: &table) }
            #expect(table.bytes <= table.bytesMax)
        }
        #expect(table.counts.forgottenDevices > 0 && table.count < 100)
    }

    @Test("gaps wait until they are confirmed; more than 4,096 are counted only")
    func gaps() {
        var table = ReceivedTable(devicesMax: 100)
        for number in 0..<65 { Self.drop(64, of: number, in: &table) }
        #expect(table.gaps.count == 4_096)
        #expect(table.counts.lostGaps == 65 * 64 - 4_096)
        table.confirmGaps(4_000)
        #expect(table.gaps.count == 96)
        table.confirmGaps(1_000)
        #expect(table.gaps.isEmpty)
    }

    @Test("of one device 64 gaps are told one by one in a round, and what comes beyond them as one in the next")
    func flood() {
        var table = ReceivedTable(devicesMax: 10)
        Self.drop(64, of: 1, in: &table)
        #expect(table.gaps.count == 64 && table.allGaps == table.gaps)
        Self.drop(1, from: 200, of: 1, in: &table)
        #expect(table.gaps.count == 64)
        #expect(table.allGaps.last == ReadingGap(device: "dev1", span: ReadingSpan(text: "1:200"), reason: .dropped))
        Self.drop(1_000, from: 300, of: 1, in: &table)
        // Of another epoch: that it is missing is told, not where.
        Self.drop(1, epoch: 2, of: 1, in: &table)
        // Nobody else has fewer for that.
        Self.drop(3, of: 2, in: &table)
        table.confirmGaps(64)
        #expect(table.gaps.map(\.device) == ["dev2", "dev2", "dev2"])
        table.confirmGaps(3)
        #expect(table.gaps.isEmpty && table.allGaps.count == 1)
        table.expire(noticedBy: 0)
        let rest = ReadingGap(device: "dev1", span: ReadingSpan(text: "1:200-1299"), reason: .several)
        #expect(table.gaps == [rest] && table.allGaps == [rest])
        #expect(table.counts.lostGaps == 1)
        Self.drop(1, epoch: 3, of: 1, in: &table)
        #expect(table.gaps.count == 2, "a new round has begun")
    }

    @Test("what a device was not told of yet is told when it is forgotten")
    func forgottenFlood() {
        var table = ReceivedTable(devicesMax: 10)
        Self.drop(70, of: 1, in: &table)
        table.forget(Self.key(1))
        #expect(table.gaps.count == 65 && table.allGaps == table.gaps)
        Self.drop(1, of: 2, in: &table)
        #expect(table.gaps.count == 66, "the place of the one is not counted against the other")
    }

    @Test("a drop that comes with a message is a gap, once")
    func drop() {
        var table = ReceivedTable(devicesMax: 10)
        for _ in 0..<2 {
            table.insert(
                ReadingSpan(text: "2:10"),
                dropped: [ReadingSpan(text: "1:5-9")],
                of: Self.key(1),
                name: "dev1",
                atMinute: 3
            )
        }
        #expect(table.gaps == [ReadingGap(device: "dev1", span: ReadingSpan(text: "1:5-9"), reason: .dropped)])
    }

    @Test("100,000 devices with one range take 72 bytes each, besides what arrays hold in reserve")
    func memory() {
        var table = ReceivedTable(devicesMax: 1_000_000)
        for number in 0..<100_000 {
            let key = DeviceKey(low: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, high: UInt64(number))
            table.insert(ReadingSpan(text: "1:0-9"), of: key, name: "d", atMinute: 0)
        }
        #expect(table.count == 100_000)
        #expect(table.bytes / table.count <= 72)
    }
}
