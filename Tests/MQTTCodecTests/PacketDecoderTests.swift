import MQTTCodec
import NIOCore
import TestSupport
import Testing

@Suite("Cutting a byte stream into packets, MQTT 3.1.1 §2.2")
struct PacketDecoderTests {
    @Test("every split of a stream gives the same packets")
    func splits() throws {
        let stream = PacketVector.all.flatMap(\.bytes)
        let packets = PacketVector.all.map(\.packet)
        for size in 1...stream.count {
            #expect(
                try decode(stream, pieces: stride(from: 0, to: stream.count, by: size).map { $0 + size }) == packets
            )
        }
        for first in 0..<stream.count {
            for second in stride(from: first, to: stream.count, by: 7) {
                #expect(try decode(stream, pieces: [first, second, stream.count]) == packets)
            }
        }
    }

    @Test(
        "Remaining Length has one to four bytes, low bits first §2.2.3",
        arguments: [
            ([0x00], 0), ([0x7F], 127), ([0x80, 0x01], 128), ([0xFF, 0x7F], 16_383), ([0x80, 0x80, 0x01], 16_384),
            ([0xFF, 0xFF, 0x7F], 2_097_151), ([0x80, 0x80, 0x80, 0x01], 2_097_152),
            ([0xFF, 0xFF, 0xFF, 0x7F], 268_435_455),
        ] as [([UInt8], Int)]
    )
    func remainingLength(bytes: [UInt8], length: Int) throws {
        let header = try FixedHeader.peek(ByteBuffer(bytes: [0x30] + bytes))
        #expect(header?.remainingLength == length)
        #expect(header?.packetSize == length + 1 + bytes.count)
        #expect(try FixedHeader.peek(ByteBuffer(bytes: [0x30] + bytes.dropLast())) == nil)
    }

    @Test("a packet of exactly the limit is taken, one byte more is refused from its fixed header")
    func sizeLimit() throws {
        let atLimit: [UInt8] = [0x30, 0x03, 0x00, 0x01, 0x61]
        var decoder = PacketDecoder(packetSizeMax: 5)
        decoder.append(ByteBuffer(bytes: atLimit))
        #expect(try decoder.next()?.type == .publish)
        decoder.append(ByteBuffer(bytes: [0x30, 0x04]))
        #expect(throws: PacketError(.packetTooLarge(limit: 5), at: 1)) { try decoder.next() }
        #expect(decoder.bufferedBytes == 0)
    }

    @Test("the limit may be raised between packets that arrived together")
    func raisedLimit() throws {
        var decoder = PacketDecoder(packetSizeMax: 2)
        decoder.append(ByteBuffer(bytes: [0xC0, 0x00, 0x30, 0x03, 0x00, 0x01, 0x61]))
        #expect(try decoder.next() == .pingreq)
        decoder.packetSizeMax = 5
        #expect(try decoder.next()?.type == .publish)
    }

    @Test("a large packet in small pieces arrives whole")
    func largePacket() throws {
        let packet = PublishPacket(
            topic: ByteBuffer(string: "a/b"),
            payload: ByteBuffer(bytes: (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
            qos: .atLeastOnce,
            packetID: 9
        )
        var bytes = ByteBuffer()
        try packet.encode(into: &bytes)
        var decoder = PacketDecoder(packetSizeMax: bytes.readableBytes)
        while let piece = bytes.readSlice(length: min(1_000, bytes.readableBytes)), piece.readableBytes > 0 {
            decoder.append(piece)
            if bytes.readableBytes > 0 { #expect(try decoder.next() == nil) }
        }
        #expect(try decoder.next() == .publish(packet))
    }

    @Test("random bytes never crash the decoder and never make it hold more than the limit and one read")
    func fuzz() {
        var random = SeededGenerator.announced("random bytes")
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 1...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            self.drive(bytes, using: &random)
        }
    }

    @Test("packets with changed, lost and added bytes never crash the decoder")
    func mutations() {
        var random = SeededGenerator.announced("mutated packets")
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 1...4, using: &random))
                .flatMap { _ in PacketVector.all.randomElement(using: &random)?.bytes ?? [] }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
                default: if bytes.count > 1 { bytes.remove(at: position) }
                }
            }
            self.drive(bytes, using: &random)
        }
    }

    @Test("what random packets encode to decodes to them again")
    func roundTrip() throws {
        var random = SeededGenerator.announced("random publishes")
        for _ in 0..<2_000 {
            let qos = QoS.allCases.randomElement(using: &random) ?? .atMostOnce
            let packet = Packet.publish(
                PublishPacket(
                    topic: ByteBuffer(repeating: 0x61, count: Int.random(in: 1...300, using: &random)),
                    payload: ByteBuffer(repeating: 7, count: Int.random(in: 0...20_000, using: &random)),
                    qos: qos,
                    packetID: qos == .atMostOnce ? 0 : UInt16.random(in: 1...65_535, using: &random),
                    isDuplicate: qos != .atMostOnce && Bool.random(using: &random),
                    retain: Bool.random(using: &random)
                )
            )
            var bytes = ByteBuffer()
            try packet.encode(into: &bytes)
            var decoder = PacketDecoder(packetSizeMax: bytes.readableBytes)
            decoder.append(bytes)
            #expect(try decoder.next() == packet)
        }
    }

    /// Feeds bytes in random pieces until the decoder refuses or has all.
    private func drive(_ bytes: [UInt8], using random: inout SeededGenerator) {
        var decoder = PacketDecoder(packetSizeMax: 64)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...32, using: &random))
            rest = rest.dropFirst(piece.count)
            decoder.append(ByteBuffer(bytes: piece))
            do {
                while try decoder.next() != nil {}
            } catch {
                #expect(error.offset <= 64)
                #expect(decoder.bufferedBytes == 0)
                return
            }
            #expect(decoder.bufferedBytes < 64)
        }
    }

    private func decode(_ stream: [UInt8], pieces ends: [Int]) throws -> [Packet] {
        var decoder = PacketDecoder(packetSizeMax: 64)
        var packets = [Packet]()
        var start = 0
        for end in ends.map({ min($0, stream.count) }) where end > start {
            decoder.append(ByteBuffer(bytes: stream[start..<end]))
            start = end
            while let packet = try decoder.next() { packets.append(packet) }
        }
        return packets
    }
}
