import MQTTCodec
import NIOCore
import Testing

@Suite("Packets ⇄ bytes, MQTT 3.1.1 and 5.0 §3")
struct PacketTests {
    @Test("bytes written by hand decode to the packet", arguments: PacketVector.all)
    func decode(vector: PacketVector) throws {
        var decoder = PacketDecoder(packetSizeMax: vector.bytes.count)
        decoder.version = vector.version
        decoder.append(ByteBuffer(bytes: vector.bytes))
        #expect(try decoder.next()?.vector == vector.packet)
        #expect(try decoder.next() == nil)
        #expect(decoder.bufferedBytes == 0)
        #expect(decoder.version == vector.version)
    }

    @Test("a packet encodes to the bytes written by hand", arguments: PacketVector.all)
    func encode(vector: PacketVector) throws {
        var buffer = ByteBuffer()
        try PacketTests.packet(of: vector).encode(into: &buffer, version: vector.version)
        #expect(Array(buffer.readableBytesView) == vector.encodedBytes)
    }

    @Test("the type of a packet is the upper half of its first byte", arguments: PacketVector.all)
    func type(vector: PacketVector) throws {
        #expect(try PacketTests.packet(of: vector).type.rawValue == vector.bytes[0] >> 4)
    }

    @Test("every type of packet has a vector in the versions that have it")
    func complete() {
        let types = { (version: MQTTVersion) in Set(PacketVector.all(version).map { $0.bytes[0] >> 4 }) }
        #expect(types(.v311) == Set(1...14))
        #expect(types(.v5) == Set(1...15))
    }

    @Test("a packet is small enough to be passed by value: PUBLISH is the largest that is not boxed")
    func size() {
        #expect(MemoryLayout<PublishPacket>.size <= 64)
        #expect(MemoryLayout<Packet>.size <= MemoryLayout<PublishPacket>.size + 1)
    }

    @Test("a field over 65535 bytes is not written and leaves the buffer as it was §1.5.4, §1.5.6")
    func fieldTooLong() throws {
        var buffer = ByteBuffer(string: "before")
        let longest = ByteBuffer(repeating: 0x61, count: 65_535)
        let tooLong = ByteBuffer(repeating: 0x61, count: 65_536)
        let text = String(repeating: "a", count: 65_536)
        try Packet.publish(PublishPacket(topic: longest, payload: ByteBuffer(), qos: .atMostOnce)).encode(into: &buffer)
        buffer.clear()
        buffer.writeString("before")
        let pair = UserProperty(name: "n", value: text)
        let packets: [Packet] = [
            .publish(PublishPacket(topic: tooLong, payload: ByteBuffer(), qos: .atMostOnce)),
            .publish(
                PublishPacket(
                    topic: longest,
                    payload: ByteBuffer(),
                    qos: .atMostOnce,
                    properties: PublishProperties(correlationData: tooLong)
                )
            ),
            .connect(ConnectPacket(clientID: text, version: .v5)),
            .connect(ConnectPacket(clientID: text)),
            .connack(ConnackPacket(sessionPresent: false, reason: .success, properties: .init(reasonString: text))),
            .puback(PubackPacket(packetID: 1, properties: AnswerProperties(userProperties: [pair]))),
            .subscribe(SubscribePacket(packetID: 1, requests: [.init(filter: text, qos: .atMostOnce)])),
            .suback(SubackPacket(packetID: 1, codes: [], properties: AnswerProperties(reasonString: text))),
            .unsubscribe(UnsubscribePacket(packetID: 1, filters: [text])),
            .unsuback(UnsubackPacket(packetID: 1, properties: AnswerProperties(reasonString: text))),
            .disconnect(DisconnectPacket(serverReference: text)),
            .auth(AuthPacket(authenticationMethod: text)),
        ]
        for packet in packets {
            #expect(throws: PacketError(.fieldTooLong(bytes: 65_536), at: 0)) {
                try packet.encode(into: &buffer, version: .v5)
            }
        }
        #expect(buffer == ByteBuffer(string: "before"))
    }

    @Test("PUBACKs written together are those written one by one, in both versions §3.4")
    func manyAcknowledgements() throws {
        let ids: [UInt16] = [1, 0x1234, 65_535]
        var together = ByteBuffer(bytes: [0xD0, 0x00])
        ids.withUnsafeBufferPointer { PubackPacket.encode($0, into: &together) }
        let bytes: [UInt8] = [
            0xD0, 0x00, 0x40, 0x02, 0x00, 0x01, 0x40, 0x02, 0x12, 0x34, 0x40, 0x02, 0xFF, 0xFF,
        ]
        #expect(Array(together.readableBytesView) == bytes)
        for version in MQTTVersion.allCases {
            var single = ByteBuffer(bytes: [0xD0, 0x00])
            for id in ids { try PubackPacket(packetID: id).encode(into: &single, version: version) }
            #expect(single == together)
        }
        var none = ByteBuffer()
        [UInt16]().withUnsafeBufferPointer { PubackPacket.encode($0, into: &none) }
        #expect(none.readableBytes == 0)
    }

    private static func packet(of vector: PacketVector) throws -> Packet {
        var decoder = PacketDecoder(packetSizeMax: vector.bytes.count)
        decoder.version = vector.version
        decoder.append(ByteBuffer(bytes: vector.bytes))
        return try #require(try decoder.next())
    }
}
