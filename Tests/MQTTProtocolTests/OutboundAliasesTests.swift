import MQTTProtocol
import NIOCore
import Testing

@Suite("Topic aliases of the server, MQTT 5.0 §3.3.2.3.4")
struct OutboundAliasesTests {
    @Test(
        "a client that takes no aliases gets none, and nobody more than its maximum or ours [MQTT-3.1.2-26] [MQTT-3.1.2-27]"
    )
    func maximum() {
        var none = OutboundAliases(clientMax: 0)
        #expect(none.use(for: ByteBuffer(string: "a")) == .topic)
        #expect(none.use(for: ByteBuffer(string: "a")) == .topic)
        #expect(OutboundAliases(clientMax: 65_535, serverMax: 16).countMax == 16)
        #expect(OutboundAliases(clientMax: 3, serverMax: 16).countMax == 3)
    }

    @Test("a topic comes once with its alias and then without itself")
    func use() {
        var aliases = OutboundAliases(clientMax: 2)
        #expect(aliases.use(for: ByteBuffer(string: "a")) == .assign(1))
        #expect(aliases.use(for: ByteBuffer(string: "b")) == .assign(2))
        #expect(aliases.use(for: ByteBuffer(string: "a")) == .alias(1))
        #expect(aliases.use(for: ByteBuffer(string: "b")) == .alias(2))
    }

    @Test("when all are given, a topic that comes twice in a row takes the one unused for longest")
    func eviction() {
        var aliases = OutboundAliases(clientMax: 2)
        for topic in ["a", "b", "a"] { _ = aliases.use(for: ByteBuffer(string: topic)) }
        #expect(aliases.use(for: ByteBuffer(string: "c")) == .topic)
        #expect(aliases.use(for: ByteBuffer(string: "d")) == .topic)
        #expect(aliases.use(for: ByteBuffer(string: "d")) == .assign(2))
        #expect(aliases.use(for: ByteBuffer(string: "a")) == .alias(1))
        #expect(aliases.use(for: ByteBuffer(string: "b")) == .topic)
        #expect(aliases.use(for: ByteBuffer(string: "d")) == .alias(2))
    }

    @Test("an alias whose packet was not written is given again, to one topic only")
    func forget() {
        var aliases = OutboundAliases(clientMax: 3)
        for topic in ["a", "b", "c"] { _ = aliases.use(for: ByteBuffer(string: topic)) }
        aliases.forget(ByteBuffer(string: "a"))
        aliases.forget(ByteBuffer(string: "b"))
        aliases.forget(ByteBuffer(string: "x"))
        var given: Set<OutboundAliases.Use> = []
        for topic in ["d", "e"] { given.insert(aliases.use(for: ByteBuffer(string: topic))) }
        #expect(given == [.assign(1), .assign(2)])
        #expect(aliases.use(for: ByteBuffer(string: "f")) == .topic)
        #expect(aliases.use(for: ByteBuffer(string: "c")) == .alias(3))
    }
}
