import MQTTCodec
import MQTTProtocol
import Testing

@Suite("The members of a shared subscription, MQTT 5.0 §4.8.2")
struct SharedGroupTests {
    @Test("a member that is away is asked once, and again when it is back [MQTT-4.8.2-4]")
    func away() throws {
        let tree = TestTree()
        let subscription = try Subscription(fullFilter: "$share/g/a", qos: .atLeastOnce)
        let members = (0..<100).map { TestSubscriber("\($0)") }
        for member in members { _ = tree.subscribe(subscription, by: member) }
        let group = try #require(tree.matches(topic: "a").groups.first)
        var connected: Set<String> = []
        var asked = 0
        func next() -> String? {
            group.nextAwake(
                where: { member in
                    asked += 1
                    return connected.contains(member.description)
                },
                and: { _ in true }
            )?.subscriber.description
        }
        #expect(next() == nil)
        #expect(asked == 100)
        #expect(next() == nil)
        #expect(asked == 100)
        connected = ["7", "8"]
        for name in [7, 8] { tree.wake(members[name], with: [subscription]) }
        #expect([next(), next(), next()] == ["7", "8", "7"])
        #expect(asked == 103)
        #expect(tree.unsubscribe(fullFilter: "$share/g/a", by: members[7]))
        tree.wake(members[7], with: [subscription])
        #expect([next(), next()] == ["8", "8"])
    }

    @Test("a connected member without room is passed over, and keeps its turn")
    func full() throws {
        let tree = TestTree()
        let subscription = try Subscription(fullFilter: "$share/g/a", qos: .atLeastOnce)
        for name in ["1", "2"] { _ = tree.subscribe(subscription, by: TestSubscriber(name)) }
        let group = try #require(tree.matches(topic: "a").groups.first)
        for _ in 0..<2 {
            let member = group.nextAwake(where: { _ in true }, and: { $0.description == "2" })
            #expect(member?.subscriber.description == "2")
        }
        #expect(group.nextAwake(where: { _ in true }, and: { _ in false }) == nil)
        #expect(group.nextAwake(where: { _ in true }, and: { _ in true })?.subscriber.description == "1")
    }
}
