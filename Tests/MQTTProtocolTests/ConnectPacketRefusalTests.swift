import MQTTCodec
import MQTTProtocol
import Testing

@Suite("A CONNECT that is refused whoever sends it, MQTT 5.0 §3.1")
struct ConnectPacketRefusalTests {
    @Test(
        "a level that is neither 4 nor 5 is 0x84 [MQTT-3.1.2-2]",
        arguments: [(3, true), (4, false), (5, false), (6, true)] as [(UInt8, Bool)]
    )
    func version(level: UInt8, isRefused: Bool) {
        var connect = ConnectPacket(clientID: "a")
        connect.protocolLevel = level
        #expect(connect.refusal == (isRefused ? .unsupportedProtocolVersion : nil))
    }

    @Test(
        "an empty client identifier is refused in 3.1.1 only, and only with a session to keep [MQTT-3.1.3-6] 3.1.1 [MQTT-3.1.3-8]",
        arguments: [(MQTTVersion.v311, true, false), (.v311, false, true), (.v5, true, false), (.v5, false, false)]
    )
    func emptyClientID(version: MQTTVersion, isClean: Bool, isRefused: Bool) {
        let connect = ConnectPacket(clientID: "", cleanSession: isClean, version: version)
        #expect(connect.refusal == (isRefused ? .clientIDNotValid : nil))
    }

    @Test("an Authentication Method is refused with 0x8C [MQTT-4.12.0-1]")
    func authenticationMethod() {
        var connect = ConnectPacket(clientID: "a", version: .v5, properties: ConnectProperties())
        #expect(connect.refusal == nil)
        connect.properties?.authenticationMethod = "SCRAM-SHA-256"
        #expect(connect.refusal == .badAuthenticationMethod)
        #expect(ReasonCode.badAuthenticationMethod.rawValue == 0x8C)
    }
}
