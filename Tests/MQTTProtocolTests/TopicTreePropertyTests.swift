import MQTTCodec
import MQTTProtocol
import NIOCore
import TestSupport
import Testing

@Suite("The trees against the rules in their plainest form")
struct TopicTreePropertyTests {
    /// Few names, so that topics and filters meet; the long one does not fit into a node.
    private static let names = ["a", "b", "", "$x", "long-enough-to-need-its-own-memory"]

    @Test("subscriptions come and go, and every topic finds whom the rules say", .timeLimit(.minutes(1)))
    func subscriptions() throws {
        var random = SeededGenerator.announced()
        let subscribers = (0..<40).map { TestSubscriber("\($0)") }
        let tree = TestTree()
        var model: [String: [Int: Subscription]] = [:]
        for step in 0..<6_000 {
            // Up and down, so that lists get their tables and lose them.
            let grows = (step / 1_000).isMultiple(of: 2)
            let number = Int.random(in: 0..<subscribers.count, using: &random)
            let filter = Self.filter(&random)
            if Int.random(in: 0..<10, using: &random) < (grows ? 8 : 2) {
                let subscription = try Self.subscription(filter, &random)
                let isNew = tree.subscribe(subscription, by: subscribers[number])
                #expect(isNew == (model[filter]?[number] == nil))
                model[filter, default: [:]][number] = subscription
            } else {
                let present = model[filter]?.keys.randomElement(using: &random) ?? number
                let wasThere = tree.unsubscribe(fullFilter: filter, by: subscribers[present])
                #expect(wasThere == (model[filter]?.removeValue(forKey: present) != nil))
            }
            guard step.isMultiple(of: 10) else { continue }
            try self.compare(tree, model, topic: Self.topic(&random))
        }
        #expect(tree.count == model.values.reduce(0) { $0 + $1.count })
        for (filter, members) in model {
            for number in members.keys { #expect(tree.unsubscribe(fullFilter: filter, by: subscribers[number])) }
        }
        #expect(tree.nodeCount == 1)
        #expect(tree.count == 0)
    }

    private func compare(
        _ tree: TestTree,
        _ model: [String: [Int: Subscription]],
        topic: String
    ) throws {
        var direct: [String: [Subscription]] = [:]
        var groups: [String: Set<String>] = [:]
        for (fullFilter, members) in model {
            for (number, subscription) in members {
                guard NaiveTopicMatcher.matches(filter: subscription.filter, topic: topic) else { continue }
                if subscription.shareName == nil {
                    direct["\(number)", default: []].append(subscription)
                } else {
                    groups[fullFilter, default: []].insert("\(number)")
                }
            }
        }
        let matches = tree.matches(topic: topic)
        #expect(matches.direct.count == direct.count, "\(topic)")
        for match in matches.direct {
            let expected = try #require(direct[match.subscriber.description], "\(topic)")
            self.compare(match.delivery, expected)
            let echoing = expected.filter { !$0.noLocal }
            if let echo = match.echo { self.compare(echo, echoing) }
            #expect((match.echo == nil) == echoing.isEmpty)
        }
        var found: [Set<String>] = []
        for group in matches.groups {
            found.append(Set((0..<group.count).compactMap { _ in group.next { _ in true }?.subscriber.description }))
        }
        #expect(Set(found.map { $0.sorted() }) == Set(groups.values.map { $0.sorted() }), "\(topic)")
        #expect(found.count == groups.count)
    }

    private func compare(_ delivery: Delivery, _ subscriptions: [Subscription]) {
        #expect(delivery.qos == subscriptions.map { $0.qos }.max())
        #expect(delivery.identifiers.sorted() == subscriptions.compactMap { $0.identifier }.sorted())
        #expect(delivery.retainAsPublished == subscriptions.contains { $0.retainAsPublished })
    }

    @Test("retained values come and go, and every filter finds what the rules say", .timeLimit(.minutes(1)))
    func retained() {
        var random = SeededGenerator.announced()
        var tree = RetainedTree<String>()
        var model: [String: String] = [:]
        for step in 0..<4_000 {
            let topic = Self.topic(&random)
            let value = Int.random(in: 0..<3, using: &random) == 0 ? nil : "\(topic) \(step)"
            #expect(tree.set(topic: ByteBuffer(string: topic), value) == model[topic])
            model[topic] = value
            #expect(tree.value(topic: ByteBuffer(string: topic)) == value)
            #expect(tree.count == model.count)
            guard step.isMultiple(of: 10) else { continue }
            let filter = Self.filter(&random, isShared: false)
            let expected = model.filter { NaiveTopicMatcher.matches(filter: filter, topic: $0.key) }.values.sorted()
            #expect(tree.matching(filter: filter).sorted() == expected, "\(filter)")
            let valuesMax = Int.random(in: 0...5, using: &random)
            let search = tree.search(filter: filter, valuesMax: valuesMax)
            #expect(search.values.count == min(valuesMax, expected.count))
            #expect(search.isComplete == (expected.count <= valuesMax))
            #expect(Set(search.values).isSubset(of: expected))
        }
        #expect(tree.values.sorted() == model.values.sorted())
        for topic in model.keys { tree.set(topic: ByteBuffer(string: topic), nil) }
        #expect(tree.nodeCount == 1)
    }

    @Test("a granted filter covers another only if it matches whatever that matches", .timeLimit(.minutes(1)))
    func coverage() {
        var random = SeededGenerator.announced()
        var covered = 0
        for _ in 0..<6_000 {
            let granted = Self.filter(&random, isShared: false)
            let filter = Self.filter(&random, isShared: false)
            let permissions = TopicPermissions(publish: [granted], subscribe: [granted])
            let topic = Self.topic(&random)
            let isPublishable =
                NaiveTopicMatcher.matches(filter: granted, topic: topic) && !topic.hasPrefix("$")
                && !granted.hasPrefix("$")
            #expect(permissions.allowsPublish(topic: ByteBuffer(string: topic)) == isPublishable, "\(granted) \(topic)")
            guard permissions.allowsSubscribe(filter: filter) else { continue }
            covered += 1
            for _ in 0..<10 {
                let topic = Self.topic(&random)
                guard NaiveTopicMatcher.matches(filter: filter, topic: topic) else { continue }
                #expect(NaiveTopicMatcher.matches(filter: granted, topic: topic), "\(granted) \(filter) \(topic)")
            }
        }
        #expect(covered > 50)
    }

    private static func topic(_ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 1...5, using: &random)
        let levels = (0..<count).map { _ in Self.names[Int.random(in: 0..<Self.names.count, using: &random)] }
        let topic = levels.joined(separator: "/")
        return topic.isEmpty ? "a" : topic
    }

    private static func filter(_ random: inout SeededGenerator, isShared: Bool = true) -> String {
        var levels = Self.topic(&random).split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        for position in levels.indices where Int.random(in: 0..<3, using: &random) == 0 { levels[position] = "+" }
        if Int.random(in: 0..<3, using: &random) == 0 { levels[levels.count - 1] = "#" }
        let filter = levels.joined(separator: "/")
        let share = isShared ? Int.random(in: 0..<8, using: &random) : 2
        return share < 2 ? "$share/g\(share)/\(filter)" : filter
    }

    private static func subscription(_ filter: String, _ random: inout SeededGenerator) throws -> Subscription {
        let identifier = UInt32.random(in: 0...5, using: &random)
        return try Subscription(
            fullFilter: filter,
            qos: QoS.allCases[Int.random(in: 0..<3, using: &random)],
            noLocal: !filter.hasPrefix("$share/") && Bool.random(using: &random),
            retainAsPublished: Bool.random(using: &random),
            identifier: identifier == 0 ? nil : identifier
        )
    }
}
