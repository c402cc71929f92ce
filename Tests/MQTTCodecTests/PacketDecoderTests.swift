import NIOCore
import TestSupport
import Testing

@testable import MQTTCodec

@Suite("Cutting a byte stream into packets, MQTT 5.0 §2.1")
struct PacketDecoderTests {
    @Test("every split of a stream gives the same packets", arguments: MQTTVersion.allCases)
    func splits(version: MQTTVersion) throws {
        let vectors = PacketVector.all(version)
        let stream = vectors.flatMap(\.bytes)
        let packets = vectors.map(\.packet)
        let whole = try decode(stream, version, pieces: [stream.count])
        #expect(whole.map(\.vector) == packets)
        for size in Array(1...64) + [100, 255, 1_000] {
            let ends = stride(from: size, to: stream.count + size, by: size)
            #expect(try decode(stream, version, pieces: Array(ends)) == whole)
        }
    }

    @Test("a packet cut at any two places is the same packet", arguments: PacketVector.all)
    func cuts(vector: PacketVector) throws {
        let whole = try decode(vector.bytes, vector.version, pieces: [vector.bytes.count])
        for first in 0..<vector.bytes.count {
            for second in first..<vector.bytes.count {
                #expect(try decode(vector.bytes, vector.version, pieces: [first, second, vector.bytes.count]) == whole)
            }
        }
    }

    @Test("CONNECT says how the packets behind it are read, even those that came with it [MQTT-3.1.2-2]")
    func versionSwitch() throws {
        let connect5: [UInt8] = [0x10, 0x0D, 0, 4, 0x4D, 0x51, 0x54, 0x54, 5, 2, 0, 60, 0, 0, 0]
        let connect3: [UInt8] = [0x10, 0x0C, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 0]
        let publish: [UInt8] = [0x30, 0x04, 0, 1, 0x61, 0]
        var decoder = PacketDecoder(packetSizeMax: 64, sender: .client)
        decoder.append(ByteBuffer(bytes: connect5 + publish + connect3 + publish))
        #expect(decoder.version == .v311)
        #expect(try decoder.next()?.type == .connect)
        #expect(decoder.version == .v5)
        guard case .publish(let with) = try decoder.next() else { throw PacketError(.truncated, at: 0) }
        #expect(with.payload.readableBytes == 0)
        #expect(try decoder.next()?.type == .connect)
        #expect(decoder.version == .v311)
        guard case .publish(let without) = try decoder.next() else { throw PacketError(.truncated, at: 0) }
        #expect(without.payload == ByteBuffer(bytes: [0]))
    }

    @Test("AUTH is a packet of MQTT 5 only §3.15, and is refused from its first two bytes")
    func auth() throws {
        var decoder = PacketDecoder(packetSizeMax: 64)
        decoder.append(ByteBuffer(bytes: [0xF0, 0x10]))
        #expect(throws: PacketError(.malformedFixedHeader, at: 0)) { try decoder.next() }
        var other = PacketDecoder(packetSizeMax: 64)
        other.version = .v5
        other.append(ByteBuffer(bytes: [0xF0, 0x10]))
        #expect(try other.next() == nil)
    }

    @Test(
        "Remaining Length has one to four bytes, low bits first §2.1.4",
        arguments: [
            ([0x00], 0), ([0x7F], 127), ([0x80, 0x01], 128), ([0xFF, 0x7F], 16_383), ([0x80, 0x80, 0x01], 16_384),
            ([0xFF, 0xFF, 0x7F], 2_097_151), ([0x80, 0x80, 0x80, 0x01], 2_097_152),
            ([0xFF, 0xFF, 0xFF, 0x7F], 268_435_455),
        ] as [([UInt8], Int)]
    )
    func remainingLength(bytes: [UInt8], length: Int) throws {
        let header = try FixedHeader.read(ByteBuffer(bytes: [0x30] + bytes).readableBytesSpan)
        #expect(header?.remainingLength == length)
        #expect(header?.packetSize == length + 1 + bytes.count)
        #expect(try FixedHeader.read(ByteBuffer(bytes: [0x30] + bytes.dropLast()).readableBytesSpan) == nil)
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

    @Test("random bytes never crash the decoder and never make it hold more than the limit")
    func randomBytes() {
        var random = SeededGenerator.announced("random bytes")
        var tally = FuzzTally()
        for _ in 0..<10_000 {
            let version = Bool.random(using: &random) ? MQTTVersion.v5 : .v311
            let bytes = (0..<Int.random(in: 1...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let check = DecoderCheck(start: DecoderCheck.Start(version: version, packetSizeMax: 64))
            #expect(check.finding(bytes, cutBy: &random, tally: &tally) == nil)
        }
    }

    @Test("what random packets encode to decodes to them again, cut anywhere", arguments: MQTTVersion.allCases)
    func roundTrip(version: MQTTVersion) throws {
        var random = SeededGenerator.announced("random packets, \(version)")
        var maker = RandomPacket(SeededGenerator(seed: random.next()))
        for _ in 0..<500 {
            let packets = (0..<Int.random(in: 1...4, using: &random)).map { _ in maker.packet(version) }
            var bytes = ByteBuffer()
            for packet in packets { try packet.encode(into: &bytes, version: version) }
            let stream = Array(bytes.readableBytesView)
            #expect(try decode(stream, version, pieces: [stream.count]) == packets)
            let first = Int.random(in: 0..<stream.count, using: &random)
            #expect(try decode(stream, version, pieces: [first, stream.count]) == packets)
        }
    }

    private func decode(_ stream: [UInt8], _ version: MQTTVersion, pieces ends: [Int]) throws -> [Packet] {
        var decoder = PacketDecoder(packetSizeMax: 65_536)
        decoder.version = version
        var packets = [Packet]()
        var start = 0
        for end in ends.map({ min($0, stream.count) }) where end > start {
            decoder.append(ByteBuffer(bytes: stream[start..<end]))
            start = end
            while let packet = try decoder.next() { packets.append(packet) }
        }
        #expect(decoder.bufferedBytes == 0)
        return packets
    }
}
