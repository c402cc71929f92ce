import MQTTCodec
import NIOCore
import Testing

@Suite("Malformed packets and protocol errors, MQTT 3.1.1 and 5.0 §2, §3, §4.13")
struct MalformedPacketTests {
    @Test(
        "a malformed packet is refused with its code and place, and so is all that follows",
        arguments: FaultVector.all
    )
    func malformed(vector: FaultVector) throws {
        var decoder = PacketDecoder(packetSizeMax: 1_024, sender: vector.sender)
        decoder.version = vector.version
        decoder.append(ByteBuffer(bytes: vector.bytes))
        let fault = try #require(throws: PacketError.self) { try decoder.next() }
        #expect(FaultVector.text(fault.code) == vector.error)
        #expect(fault.offset == vector.offset)
        if let reason = vector.reason { #expect(fault.reasonCode == reason) }
        #expect(decoder.bufferedBytes == 0)
        decoder.append(ByteBuffer(bytes: [0xC0, 0x00]))
        #expect(throws: fault) { try decoder.next() }
    }

    @Test("every vector of MQTT 5 says what the server answers")
    func complete() {
        #expect(FaultVector.all.allSatisfy { $0.version == .v311 || $0.reason != nil })
    }

    @Test(
        "what only one side may not say is taken from the other",
        arguments: FaultVector.all.filter { $0.sender != nil }
    )
    func otherSide(vector: FaultVector) throws {
        var decoder = PacketDecoder(packetSizeMax: 1_024, sender: vector.sender == .client ? .server : .client)
        decoder.version = vector.version
        decoder.append(ByteBuffer(bytes: vector.bytes))
        #expect(try decoder.next() != nil)
    }

    @Test(
        "a CONNECT of another level is read no further than the level [MQTT-3.1.2-2]",
        arguments: [UInt8(3), 6, 0x84]
    )
    func otherLevel(level: UInt8) throws {
        let name: [UInt8] = level == 3 ? [0x00, 0x06] + Array("MQIsdp".utf8) : [0x00, 0x04] + Array("MQTT".utf8)
        let body = name + [level, 0xFF, 0xFF]
        var decoder = PacketDecoder(packetSizeMax: 64)
        decoder.append(ByteBuffer(bytes: [0x10, UInt8(body.count)] + body))
        guard case .connect(let packet) = try decoder.next() else {
            Issue.record("no CONNECT")
            return
        }
        #expect(packet.protocolLevel == level)
        #expect(packet.version == nil)
        #expect(decoder.version == .v311)
    }

    @Test("a packet over the receiver's limit is answered as too large §4.13.1, one we cannot write as our own fault")
    func otherReasons() {
        #expect(PacketError(.packetTooLarge(limit: 5), at: 1).reasonCode == .packetTooLarge)
        #expect(PacketError(.fieldTooLong(bytes: 65_536), at: 0).reasonCode == .implementationSpecificError)
    }
}
