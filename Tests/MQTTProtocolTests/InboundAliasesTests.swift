import MQTTCodec
import MQTTProtocol
import NIOCore
import Testing

@Suite("Topic aliases of a client, MQTT 5.0 §3.3.2.3.4")
struct InboundAliasesTests {
    private let none = ByteBuffer()

    @Test("an alias stands for the topic it came with last [MQTT-3.3.2-12]")
    func mapping() throws {
        var aliases = InboundAliases(aliasMax: 2)
        let first = ByteBuffer(string: "a/b")
        #expect(try aliases.topic(of: first, alias: nil) == first)
        #expect(try aliases.topic(of: first, alias: 2) == first)
        #expect(try aliases.topic(of: self.none, alias: 2) == first)
        let second = ByteBuffer(string: "c")
        #expect(try aliases.topic(of: second, alias: 2) == second)
        #expect(try aliases.topic(of: self.none, alias: 2) == second)
        #expect(try aliases.topic(of: first, alias: 2) == first)
        #expect(try aliases.topic(of: self.none, alias: 2) == first)
    }

    @Test(
        "alias 0 and one over the maximum are 0x94 [MQTT-3.3.2-8] [MQTT-3.3.2-9]",
        arguments: [(2, 0), (2, 3), (0, 1), (2, 65_535)] as [(UInt16, UInt16)]
    )
    func invalid(aliasMax: UInt16, alias: UInt16) {
        var aliases = InboundAliases(aliasMax: aliasMax)
        #expect(throws: AliasFault(reason: .topicAliasInvalid)) {
            try aliases.topic(of: ByteBuffer(string: "a"), alias: alias)
        }
    }

    @Test("no topic without an alias that is known is a protocol error", arguments: [nil, 1] as [UInt16?])
    func unknown(alias: UInt16?) {
        var aliases = InboundAliases(aliasMax: 2)
        #expect(throws: AliasFault(reason: .protocolError)) { try aliases.topic(of: self.none, alias: alias) }
    }
}
