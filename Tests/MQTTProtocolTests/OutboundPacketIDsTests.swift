import MQTTProtocol
import Testing

@Suite("Packet identifiers of a sender, MQTT 3.1.1 §2.3.1")
struct OutboundPacketIDsTests {
    @Test("identifiers run from 1 to 65535, never 0, never twice in use [MQTT-2.3.1-1] [MQTT-2.3.1-2]")
    func range() {
        var ids = OutboundPacketIDs(limit: 65_535)
        for expected in UInt16(1)...65_535 { #expect(ids.take() == expected) }
        #expect(ids.take() == nil)
        #expect(ids.release(300) == true)
        #expect(ids.take() == 300)
        #expect(ids.release(65_535) == true)
        #expect(ids.take() == 65_535)
        #expect(ids.release(1) == true)
        #expect(ids.take() == 1)
    }

    @Test("the limit holds the sender until an identifier comes back")
    func limit() {
        var ids = OutboundPacketIDs(limit: 2)
        #expect(ids.take() == 1)
        #expect(ids.take() == 2)
        #expect(ids.take() == nil)
        #expect(ids.release(3) == false)
        #expect(ids.release(1) == true)
        #expect(ids.release(1) == false)
        #expect(ids.take() == 3)
        #expect(ids.count == 2)
    }
}
