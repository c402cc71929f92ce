import MQTTCodec
import NIOCore
import Testing

@Suite("Packets ⇄ bytes, MQTT 3.1.1 §3")
struct PacketTests {
    @Test("bytes written by hand decode to the packet", arguments: PacketVector.all)
    func decode(vector: PacketVector) throws {
        var decoder = PacketDecoder(packetSizeMax: vector.bytes.count)
        decoder.append(ByteBuffer(bytes: vector.bytes))
        #expect(try decoder.next() == vector.packet)
        #expect(try decoder.next() == nil)
        #expect(decoder.bufferedBytes == 0)
    }

    @Test("a packet encodes to the bytes written by hand", arguments: PacketVector.all)
    func encode(vector: PacketVector) throws {
        var buffer = ByteBuffer()
        try vector.packet.encode(into: &buffer)
        #expect(Array(buffer.readableBytesView) == vector.bytes)
    }

    @Test("the type of a packet is the upper half of its first byte", arguments: PacketVector.all)
    func type(vector: PacketVector) {
        #expect(vector.packet.type.rawValue == vector.bytes[0] >> 4)
    }

    @Test("a field over 65535 bytes is not written and leaves the buffer as it was [MQTT-1.5.3]")
    func fieldTooLong() throws {
        var buffer = ByteBuffer(string: "before")
        let longest = ByteBuffer(repeating: 0x61, count: 65_535)
        let tooLong = ByteBuffer(repeating: 0x61, count: 65_536)
        try Packet.publish(PublishPacket(topic: longest, payload: ByteBuffer(), qos: .atMostOnce)).encode(into: &buffer)
        buffer.clear()
        buffer.writeString("before")
        #expect(throws: PacketError(.fieldTooLong(bytes: 65_536), at: 0)) {
            try Packet.publish(PublishPacket(topic: tooLong, payload: ByteBuffer(), qos: .atMostOnce))
                .encode(into: &buffer)
        }
        #expect(throws: PacketError(.fieldTooLong(bytes: 65_536), at: 0)) {
            try Packet.connect(ConnectPacket(clientID: String(repeating: "a", count: 65_536))).encode(into: &buffer)
        }
        #expect(buffer == ByteBuffer(string: "before"))
    }

    @Test("PUBACKs written together are the PUBACKs written one by one §3.4")
    func manyPubacks() {
        var together = ByteBuffer(bytes: [0xD0, 0x00])
        let ids: [UInt16] = [1, 0x1234, 65_535]
        ids.withUnsafeBufferPointer { PubackPacket.encode($0, into: &together) }
        let bytes: [UInt8] = [0xD0, 0x00, 0x40, 0x02, 0x00, 0x01, 0x40, 0x02, 0x12, 0x34, 0x40, 0x02, 0xFF, 0xFF]
        #expect(Array(together.readableBytesView) == bytes)
        let none: [UInt16] = []
        none.withUnsafeBufferPointer { PubackPacket.encode($0, into: &together) }
        #expect(together.readableBytes == bytes.count)
    }
}
