import MQTTCodec
import MQTTProtocol
import NIOCore
import Testing

@Suite("Who may send a packet, MQTT 5.0 table 2-1")
struct PacketSummaryTests {
    @Test("every packet is a client's, a server's or both")
    func direction() {
        let publish = PublishPacket(topic: ByteBuffer(string: "a"), payload: ByteBuffer(), qos: .atMostOnce)
        let fromClient: [Packet] = [
            .publish(publish), .puback(PubackPacket(packetID: 1)), .pubrec(PubrecPacket(packetID: 1)),
            .pubrel(PubrelPacket(packetID: 1)), .pubcomp(PubcompPacket(packetID: 1)), .pingreq,
            .subscribe(SubscribePacket(packetID: 1, requests: [])),
            .unsubscribe(UnsubscribePacket(packetID: 1, filters: [])),
        ]
        for packet in fromClient { #expect(packet.summary == .fromClient) }
        let fromServer: [Packet] = [
            .connack(ConnackPacket(sessionPresent: false, returnCode: .accepted)), .pingresp,
            .suback(SubackPacket(packetID: 1, codes: [])), .unsuback(UnsubackPacket(packetID: 1)),
        ]
        for packet in fromServer { #expect(packet.summary == .fromServer) }
        #expect(Packet.disconnect().summary == .disconnect)
        #expect(Packet.auth(AuthPacket()).summary == .authentication)
        let connect = Packet.connect(ConnectPacket(clientID: "a", keepAliveSeconds: 7))
        #expect(connect.summary == .connect(keepAliveSeconds: 7))
        let connect5 = Packet.connect(ConnectPacket(clientID: "a", keepAliveSeconds: 7, version: .v5))
        #expect(connect5.summary == .connect(keepAliveSeconds: 7, version: .v5))
    }
}
