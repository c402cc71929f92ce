import MQTTCodec
import NIOCore
import TelemetryModel
import TestSupport
import Testing

@testable import MQTTServer

@Suite("Records of _mqtt as bytes")
struct JournalTests {
    /// A header with everything, by hand: see the layout at ``JournalMessage``.
    private static let full: [UInt8] = [
        1, 0xFE,  // version; QoS 2, sets retained, RETAIN, Will, expiry, from, properties
        0xAC, 0x02,  // sequence 300
        0xE8, 0x07,  // expires at 1000 ms
        5, 0x80, 0x01,  // from session 5, packet id 32769
        0xD0, 0x0F, 5,  // Will of an open connection with a delay of 2000 s, session 5
        2, 0x01, 0x01,  // two bytes of properties: payload format 1
        2,  // recipients
        7, 0x3E, 0x90, 0x00, 1, 9,  // session 7: QoS 2, retained, packet id 36864, one id: 9, was away
        0x80, 0x01, 0x01,  // session 128: QoS 1
    ]

    private static var fullHeader: JournalMessage {
        var header = JournalMessage(sequence: 300, qos: .exactlyOnce)
        header.setsRetained = true
        header.retain = true
        header.expiresAt = Timestamp(milliseconds: 1_000)
        header.origin = JournalMessage.Origin(session: 5, packetID: 32_769)
        header.will = JournalMessage.Will(time: .afterConnection(delaySeconds: 2_000), session: 5)
        header.properties = [1, 1]
        header.recipients = [
            JournalMessage.Recipient(
                session: 7,
                qos: .exactlyOnce,
                isRetained: true,
                packetID: 36_864,
                subscriptionIDs: [9],
                wasAway: true
            ),
            JournalMessage.Recipient(session: 128, qos: .atLeastOnce),
        ]
        return header
    }

    @Test("a header with everything has exactly these bytes, and they read back as it")
    func fullHeader() {
        #expect(JournalTests.fullHeader.bytes == JournalTests.full)
        #expect(JournalMessage(JournalTests.full) == JournalTests.fullHeader)
    }

    @Test(
        "the time of a Will is a delay in seconds up to 2³² - 1, and from there the time in ms that it is due at",
        arguments: [
            (.afterConnection(delaySeconds: 0), [0]), (.afterConnection(delaySeconds: 300), [0xAC, 0x02]),
            (.afterConnection(delaySeconds: .max), [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            (.due(Timestamp(milliseconds: 4_294_967_296)), [0x80, 0x80, 0x80, 0x80, 0x10]),
            (.due(Timestamp(milliseconds: 1_795_000_000_000)), [0x80, 0xBC, 0xD9, 0xF2, 0x9E, 0x34]),
        ] as [(WillTime, [UInt8])]
    )
    func willTime(time: WillTime, bytes: [UInt8]) {
        var header = JournalMessage(sequence: 1, qos: .atMostOnce)
        header.will = JournalMessage.Will(time: time, session: 0)
        #expect(header.bytes == [1, 0x10, 1] + bytes + [0, 0])
        #expect(JournalMessage(header.bytes) == header)
    }

    @Test("a header cut off at any byte, or with a byte more, is none")
    func cutHeader() {
        for count in 0..<JournalTests.full.count {
            #expect(JournalMessage(Array(JournalTests.full.prefix(count))) == nil, "\(count) bytes")
        }
        #expect(JournalMessage(JournalTests.full + [0]) == nil)
    }

    @Test(
        "a header that cannot be meant is none",
        arguments: [
            [2, 0x01, 1, 0],  // another version
            [1, 0x03, 1, 0],  // QoS 3
            [1, 0x01, 1, 1, 7, 0x00],  // a recipient with QoS 0
            [1, 0x02, 1, 1, 7, 0x02],  // QoS 2 without packet id
            [1, 0x02, 1, 1, 7, 0x0A, 0, 0],  // packet id 0
            [1, 0x01, 1, 1, 7, 0x41],  // an unknown flag
            [1, 0x01, 1, 0xFF, 0xFF, 0xFF, 0x7F],  // more recipients than bytes
            [1, 0x81, 1, 0xFF, 0x7F, 1],  // longer properties than bytes
        ] as [[UInt8]]
    )
    func badHeader(bytes: [UInt8]) {
        #expect(JournalMessage(bytes) == nil)
    }

    @Test("operations have these bytes, and read back; cut off within one they are none")
    func operations() {
        let operations: [JournalOperation] = [
            .settled(session: 1, sequence: 300),
            .received(session: 2, sequence: 3, packetID: 0x8001),
            .accepted(session: 3, sequence: 4, packetID: 7),
            .released(session: 200, sequence: 5, packetID: 8),
            .ended(sequence: 6),
        ]
        let bytes: [UInt8] = [
            1, 1, 1, 0xAC, 0x02, 2, 2, 3, 0x80, 0x01, 3, 3, 4, 0, 7, 4, 0xC8, 0x01, 5, 0, 8, 5, 0, 6,
        ]
        #expect(JournalOperation.bytes(operations) == bytes)
        #expect(JournalOperation.operations(bytes) == operations)
        let ends: Set = [1, 5, 10, 15, 21, 24]
        for count in 0..<bytes.count {
            let read = JournalOperation.operations(Array(bytes.prefix(count)))
            #expect((read != nil) == ends.contains(count), "\(count) bytes")
        }
        #expect(JournalOperation.operations([1, 6, 9, 4]) == [.resumed(session: 9, sequence: 4)])
        #expect(JournalOperation.operations([1, 7, 0, 0]) == nil)
        #expect(JournalOperation.operations([2]) == nil)
    }

    @Test("no bytes crash the readers, and what they accept is written as it was read")
    func fuzz() {
        var random = SeededGenerator.announced()
        for _ in 0..<20_000 {
            var bytes = Bool.random(using: &random) ? JournalTests.full : [1]
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let byte = UInt8.random(in: .min ... .max, using: &random)
                let place = Int.random(in: 0...bytes.count, using: &random)
                if place < bytes.count, Bool.random(using: &random) {
                    bytes[place] = byte
                } else {
                    bytes.insert(byte, at: place)
                }
            }
            if let header = JournalMessage(bytes) { #expect(JournalMessage(header.bytes) == header) }
            if let operations = JournalOperation.operations(bytes) {
                #expect(JournalOperation.operations(JournalOperation.bytes(operations)) == operations)
            }
        }
    }

    @Test("numbers up to 64 bits are packed, longer ones are none")
    func packed() {
        for number in [0, 1, 127, 128, 16_383, 16_384, .max] as [UInt64] {
            var writer = PackedWriter()
            writer.write(packed: number)
            var reader = PackedReader(writer.bytes)
            #expect(reader.packed() == number)
            #expect(reader.isAtEnd)
        }
        var tooLong = PackedReader([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2])
        #expect(tooLong.packed() == nil)
    }
}
