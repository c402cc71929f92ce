import MQTTCodec
import MQTTProtocol
import NIOCore
import Testing

@Suite("Filters and names are bytes, MQTT 5.0 §1.5.4")
struct ExactTextTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test("texts that look the same are two, as in the trie [MQTT-1.5.4-3]")
    func keys() throws {
        #expect(Self.composed == Self.decomposed)
        #expect(ExactText(Self.composed) != ExactText(Self.decomposed))
        #expect(ExactText(Self.composed) == ExactText("caf\u{E9}"))
        #expect(Set([Self.composed, Self.decomposed, Self.composed].map { ExactText($0) }).count == 2)
        let one = try Subscription(fullFilter: Self.composed, qos: .atLeastOnce)
        let other = try Subscription(fullFilter: Self.decomposed, qos: .atLeastOnce)
        #expect(one != other)
        #expect(one == (try Subscription(fullFilter: Self.composed, qos: .atLeastOnce)))
    }

    @Test("shares whose names look the same are two, and both end")
    func shares() throws {
        let tree = TestTree()
        let subscriber = TestSubscriber("one")
        for name in [Self.composed, Self.decomposed] {
            let subscription = try Subscription(fullFilter: "$share/\(name)/a", qos: .atLeastOnce)
            #expect(tree.subscribe(subscription, by: subscriber))
        }
        #expect(tree.matches(topic: "a").groups.count == 2)
        for name in [Self.composed, Self.decomposed] {
            #expect(tree.unsubscribe(fullFilter: "$share/\(name)/a", by: subscriber))
        }
        #expect(tree.count == 0)
        #expect(tree.nodeCount == 1)
    }

    @Test(
        "a subscription knows the topics it matches, share taken off [MQTT-4.7.1-1] [MQTT-4.7.2-1]",
        arguments: [
            ("#", "a/b", true), ("#", "$SYS/a", false), ("+/a", "$SYS/a", false), ("$SYS/#", "$SYS/a", true),
            ("a/#", "a", true), ("a/+", "a", false), ("a/+", "a/", true), ("a/b", "a/b", true), ("a/b", "a/c", false),
            ("$share/g/a/+", "a/b", true), ("$share/g/a/+", "b/b", false),
        ]
    )
    func matches(filter: String, topic: String, isMatch: Bool) throws {
        let subscription = try Subscription(fullFilter: filter, qos: .atMostOnce)
        #expect(subscription.matches(topic: ByteBuffer(string: topic)) == isMatch)
    }
}
