import KafkaProtocol
import NIOCore
import TestSupport
import Testing

@Suite("records of _offsets, as Kafka's own __consumer_offsets")
struct GroupRecordTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.filter { !$0.isWhitespace })
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    @Test(
        "keys have these bytes",
        arguments: [
            (
                GroupRecordKey.offset(group: "grp", TopicPartition(topic: "tel", partition: 3)),
                "0001 0003 677270 0003 74656c 00000003"
            ),
            (.group("grp"), "0002 0003 677270"),
        ]
    )
    func keys(key: GroupRecordKey, hex: String) throws {
        #expect(key.bytes == Self.bytes(hex))
        #expect(try GroupRecordKey(reading: Self.bytes(hex)) == key)
    }

    @Test("an offset has these bytes")
    func offset() throws {
        let committed = CommittedOffset(
            offset: 4_711,
            leaderEpoch: -1,
            metadata: "é",
            stampMilliseconds: 1_795_000_000_000
        )
        let bytes = Self.bytes("0003 0000000000001267 ffffffff 0002 c3a9 000001a1ee565e00")
        #expect(committed.bytes == bytes)
        #expect(try CommittedOffset(reading: bytes) == committed)
    }

    @Test(
        "the state of a group has these bytes",
        arguments: [(nil, "ffffffffffffffff"), (1_795_000_000_000, "000001a1ee565e00")]
    )
    func state(stamp: Int64?, hex: String) throws {
        let state = GroupStateRecord(protocolType: "consumer", generation: 7, emptySinceMilliseconds: stamp)
        let bytes = Self.bytes("0003 0008 636f6e73756d6572 00000007 ffff ffff \(hex) 00000000")
        #expect(state.bytes == bytes)
        #expect(try GroupStateRecord(reading: bytes) == state)
    }

    @Test("what a newer version wrote is told from what is broken", arguments: [0, 4, 32_767] as [Int16])
    func newer(version: Int16) {
        let bytes = [UInt8(version >> 8), UInt8(version & 0xFF), 0, 0]
        let error = KafkaWireError(.unsupportedVersion(version), at: 0)
        #expect(throws: error) { try GroupRecordKey(reading: bytes) }
        #expect(throws: error) { try CommittedOffset(reading: bytes) }
        #expect(throws: error) { try GroupStateRecord(reading: bytes) }
    }

    @Test("records cut or lengthened anywhere are refused, and changed bytes never crash")
    func damage() throws {
        var random = SeededGenerator.announced()
        let key = GroupRecordKey.offset(group: "grp", TopicPartition(topic: "tel", partition: 3)).bytes
        let value = CommittedOffset(offset: 1, leaderEpoch: 0, metadata: "m", stampMilliseconds: 2).bytes
        let state = GroupStateRecord(protocolType: "consumer", generation: 1, emptySinceMilliseconds: 3).bytes
        for cut in 0..<key.count {
            #expect(throws: KafkaWireError.self) { try GroupRecordKey(reading: Array(key[..<cut])) }
        }
        for cut in 0..<value.count {
            #expect(throws: KafkaWireError.self) { try CommittedOffset(reading: Array(value[..<cut])) }
        }
        for cut in 0..<state.count {
            #expect(throws: KafkaWireError.self) { try GroupStateRecord(reading: Array(state[..<cut])) }
        }
        #expect(throws: KafkaWireError.self) { try GroupRecordKey(reading: key + [0]) }
        #expect(throws: KafkaWireError.self) { try CommittedOffset(reading: value + [0]) }
        #expect(throws: KafkaWireError.self) { try GroupStateRecord(reading: state + [0]) }
        var coordinator = GroupCoordinator()
        for _ in 0..<20_000 {
            var record = GroupRecord(key: key, value: Bool.random(using: &random) ? value : state)
            record.key[Int.random(in: 0..<key.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            record.value[Int.random(in: 0..<record.value.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            try? coordinator.replay(record)
        }
    }
}
