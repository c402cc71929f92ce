import MQTTProtocol
import Testing

@Suite("The receiving side of QoS 2, MQTT 5.0 §4.3.3")
struct InboundQoS2Tests {
    @Test("a PUBLISH counts once until its PUBREL, and then as a new message [MQTT-4.3.3-10] [MQTT-4.3.3-12]")
    func once() {
        var inbound = InboundQoS2(countMax: 10)
        #expect(inbound.receive(7) == .new)
        #expect(inbound.receive(7) == .repeated)
        #expect(inbound.count == 1)
        #expect(inbound.release(7) == true)
        #expect(inbound.release(7) == false)
        #expect(inbound.receive(7) == .new)
    }

    @Test("the server's Receive Maximum is taken, one more is not, a repeat is [MQTT-3.3.4-7]")
    func bound() {
        var inbound = InboundQoS2(countMax: 2)
        #expect(inbound.receive(1) == .new)
        #expect(inbound.receive(2) == .new)
        #expect(inbound.receive(3) == .receiveMaximumExceeded)
        #expect(inbound.receive(2) == .repeated)
        #expect(inbound.release(1) == true)
        #expect(inbound.receive(3) == .new)
    }

    @Test("an identifier of the journal is recovered when the client sends it again, and then a repeat")
    func recovery() {
        var inbound = InboundQoS2(countMax: 1)
        inbound.recover(5)
        inbound.recover(6)
        #expect(inbound.receive(5) == .recovered)
        #expect(inbound.receive(5) == .repeated)
        #expect(inbound.contains(6))
        #expect(inbound.receive(7) == .receiveMaximumExceeded)
        #expect(inbound.release(5) == true)
        #expect(inbound.release(6) == true)
        #expect(inbound.receive(7) == .new)
        #expect(inbound.release(7) == true)
        // What was released without a repetition is a new message when it comes.
        #expect(inbound.receive(6) == .new)
        #expect(inbound.receive(6) == .repeated)
    }
}
