import TestSupport
import Testing

@testable import ReadingNumbers

@Suite("The snapshot of received numbers")
struct SnapshotBlockTests {
    private static func blocks() -> [SnapshotBlock] {
        var ranges = ReceivedRanges()
        _ = ranges.insert("1:0-9 1:20-29 3:0-4", atMinute: 77)
        var effects = NumberEffects()
        ranges.drop(ReadingSpan(text: "1:12-14"), atMinute: 78, effects: &effects)
        var single = ReceivedRanges()
        _ = single.insert("9:7")
        return [
            .header(
                SnapshotHeader(
                    secret: SipHash.Key(low: 1, high: .max),
                    from: SnapshotHeader.Place(segment: 3, byte: 4_096),
                    upTo: SnapshotHeader.Place(segment: 4, byte: 57)
                )
            ),
            .devices([
                StoredDevice(key: DeviceKey(low: 5, high: 6), ranges: ranges, name: "dev1/mödul"),
                StoredDevice(key: DeviceKey(low: .max, high: 0), ranges: single, name: nil),
            ]),
            .devices([]),
            .gaps([
                ReadingGap(device: "dev1", span: ReadingSpan(text: "1:12-14"), reason: .dropped),
                ReadingGap(device: "dev2", span: ReadingSpan(text: "0:0-0"), reason: .unwatched),
                ReadingGap(device: "dev3", span: ReadingSpan(text: "7:1-90"), reason: .several),
            ]),
            .deleted([
                DeletedDevice(key: DeviceKey(low: 7, high: 8), end: SnapshotHeader.Place(segment: 4, byte: 0)),
                DeletedDevice(key: DeviceKey(low: 0, high: .max), end: nil),
            ]),
            .end(devices: 2),
        ]
    }

    @Test("what is written is read")
    func roundTrip() throws {
        for block in Self.blocks() {
            let bytes = block.bytes
            let head = Array(bytes.prefix(SnapshotBlock.headBytes))
            let payload = try SnapshotBlock.payloadBytes(head: head)
            #expect(bytes.count == SnapshotBlock.headBytes + payload + SnapshotBlock.tailBytes)
            #expect(try SnapshotBlock(bytes) == block)
        }
    }

    @Test("cut anywhere, or with any byte changed, it is damaged")
    func everyByte() {
        for block in Self.blocks() {
            let bytes = block.bytes
            for index in bytes.indices {
                #expect(throws: SnapshotBlock.Fault.damaged) { try SnapshotBlock(Array(bytes[..<index])) }
                var changed = bytes
                changed[index] ^= 0x40
                #expect(throws: SnapshotBlock.Fault.damaged) { try SnapshotBlock(changed) }
            }
        }
    }

    @Test("a length beyond 16 MiB is damage, not memory")
    func length() {
        #expect(throws: SnapshotBlock.Fault.damaged) { try SnapshotBlock.payloadBytes(head: [2, 1, 0, 0, 1]) }
        #expect(throws: SnapshotBlock.Fault.damaged) { try SnapshotBlock.payloadBytes(head: [2, 1]) }
    }

    @Test("ranges that no device can have are damage, even with a right sum")
    func impossibleRanges() {
        func range(_ epoch: UInt32, _ first: UInt64, _ last: UInt64) -> NumberRange? {
            NumberRange(epoch: epoch, first: first, last: last, mark: 0)
        }
        #expect(range(1, 5, 4) == nil && range(1, 0, 1 << 62) == nil)
        for ranges in [
            [range(1, 0, 4), range(1, 4, 9)], [range(1, 10, 14), range(1, 0, 5)], [range(2, 0, 4), range(1, 0, 4)],
            (0..<33).map { range(1, $0 * 2, $0 * 2) }, (0..<5).map { range(UInt32($0), 0, 0) },
        ] {
            #expect(ReceivedRanges(ContiguousArray(ranges.compactMap { $0 })) == nil)
        }
    }
}
