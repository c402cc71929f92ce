import MQTTCodec
import NIOCore
import Testing

@Suite("The receiver's Maximum Packet Size, MQTT 5.0 §3.1.2.11.4")
struct PacketSizeLimitTests {
    private static let pair = UserProperty(name: "name", value: "value")
    private static let answer = AnswerProperties(reasonString: "why", userProperties: [pair])

    /// Packets with what is only for people, and their bytes without it.
    private static let packets: [(Packet, Int)] = [
        (
            .connack(
                ConnackPacket(
                    sessionPresent: false,
                    reason: .success,
                    properties: ConnackProperties(receiveMaximum: 1, reasonString: "why", userProperties: [pair])
                )
            ), 8
        ),
        (.puback(PubackPacket(packetID: 1, reason: .notAuthorized, properties: answer)), 5),
        (.pubrec(PubrecPacket(packetID: 1, reason: .notAuthorized, properties: answer)), 5),
        (.pubrel(PubrelPacket(packetID: 1, reason: .packetIDNotFound, properties: answer)), 5),
        (.pubcomp(PubcompPacket(packetID: 1, properties: answer)), 4),
        (.suback(SubackPacket(packetID: 1, codes: [.grantedQoS1], properties: answer)), 6),
        (.unsuback(UnsubackPacket(packetID: 1, codes: [.success], properties: answer)), 6),
        (.disconnect(DisconnectPacket(reason: .serverBusy, reasonString: "why", userProperties: [pair])), 3),
        (.auth(AuthPacket(reason: .reauthenticate, authenticationMethod: "m", userProperties: [pair])), 8),
    ]

    @Test(
        "a reason string and user properties are left out rather than the limit passed [MQTT-3.2.2-19] [MQTT-3.4.2-2]",
        arguments: 0..<packets.count
    )
    func diagnostics(number: Int) throws {
        let (packet, shortest) = PacketSizeLimitTests.packets[number]
        var whole = ByteBuffer()
        try packet.encode(into: &whole, version: .v5)
        var buffer = ByteBuffer()
        #expect(try packet.encode(into: &buffer, version: .v5, packetSizeMax: whole.readableBytes))
        #expect(buffer == whole)
        buffer.clear()
        #expect(try packet.encode(into: &buffer, version: .v5, packetSizeMax: whole.readableBytes - 1))
        #expect(buffer.readableBytes == shortest)
        buffer.clear()
        #expect(try packet.encode(into: &buffer, version: .v5, packetSizeMax: shortest))
        buffer.clear()
        #expect(try !packet.encode(into: &buffer, version: .v5, packetSizeMax: shortest - 1))
        #expect(buffer.readableBytes == 0)
        #expect(packet.withoutDiagnostics?.withoutDiagnostics == nil)
    }

    @Test("a PUBLISH that is too large is not sent: its user properties belong to the message [MQTT-3.1.2-25]")
    func publish() throws {
        let packet = Packet.publish(
            PublishPacket(
                topic: ByteBuffer(string: "t"),
                payload: ByteBuffer(),
                qos: .atMostOnce,
                properties: PublishProperties(userProperties: [PacketSizeLimitTests.pair])
            )
        )
        var buffer = ByteBuffer()
        #expect(try packet.encode(into: &buffer, version: .v5, packetSizeMax: 20))
        #expect(buffer.readableBytes == 20)
        #expect(try !packet.encode(into: &buffer, version: .v5, packetSizeMax: 19))
        #expect(buffer.readableBytes == 20)
        #expect(packet.withoutDiagnostics == nil)
    }
}
