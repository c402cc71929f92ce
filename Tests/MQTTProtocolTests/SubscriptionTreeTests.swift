import MQTTCodec
import MQTTProtocol
import Testing

@Suite("Who subscribes to what, MQTT 5.0 §4.7")
struct SubscriptionTreeTests {
    private let subscriber = TestSubscriber("a")
    private let others = (0..<100).map { TestSubscriber("\($0)") }

    @Test(
        "a topic matches a filter level by level [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-4]",
        arguments: [
            // The examples of §4.7.1.2 and §4.7.1.3
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/tennis/player1/#", "sport/tennis/player10", false),
            ("sport/#", "sport", true), ("#", "sport", true), ("#", "/", true), ("#", "a/b/c", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false), ("sport/+", "sport/", true),
            ("+", "sport", true), ("+", "/", false), ("+/+", "/finance", true), ("/+", "/finance", true),
            ("+", "/finance", false), ("+/tennis/#", "x/tennis", true), ("+/tennis/#", "x/tennis/y", true),
            ("sport/+/player1", "sport/x/player1", true), ("sport/+/player1", "sport//player1", true),
            ("sport/+/player1", "sport/player1", false),
            // §4.7.3: a slash in front or behind makes another topic; case and spaces count
            ("/a", "a", false), ("a/", "a", false), ("a", "a", true), ("A", "a", false), ("a b", "a b", true),
            ("//", "//", true), ("//", "/", false), ("/", "/", true), ("+/+/+", "//", true), ("a//b", "a/b", false),
            ("ä/€/𝄞", "ä/€/𝄞", true), ("+/+", "ä/€", true), ("e\u{301}", "é", false),
        ]
    )
    func levels(filter: String, topic: String, expected: Bool) throws {
        let tree = try self.tree(filter)
        #expect(!tree.matches(topic: topic).isEmpty == expected)
    }

    @Test(
        "a wildcard in the first level does not see topics that begin with $ [MQTT-4.7.2-1]",
        arguments: [
            ("#", "$SYS/a", false), ("#", "$SYS", false), ("+/a", "$SYS/a", false), ("+", "$SYS", false),
            ("+/#", "$SYS/a", false), ("$SYS/#", "$SYS/a", true), ("$SYS/#", "$SYS", true), ("$SYS/+", "$SYS/a", true),
            ("a/#", "a/$b", true), ("a/+", "a/$b", true), ("#", "/$a", true),
        ]
    )
    func dollar(filter: String, topic: String, expected: Bool) throws {
        let tree = try self.tree(filter)
        #expect(!tree.matches(topic: topic).isEmpty == expected)
    }

    @Test("subscribing again replaces the options, and is not new [MQTT-3.8.4-3]")
    func replace() throws {
        let tree = TestTree()
        for count in [1, 40] {  // the list with and without its table
            for number in 1..<count {
                _ = tree.subscribe(try Subscription(fullFilter: "t", qos: .atMostOnce), by: self.others[number])
            }
            let isNew = tree.subscribe(try Subscription(fullFilter: "t", qos: .atMostOnce), by: self.subscriber)
            #expect(isNew)
            let again = try Subscription(fullFilter: "t", qos: .exactlyOnce, identifier: 5)
            #expect(!tree.subscribe(again, by: self.subscriber))
            #expect(tree.count == count)
            let matches = tree.matches(topic: "t")
            let match = try #require(matches.direct.first { $0.subscriber === self.subscriber })
            #expect(match.delivery == Delivery(qos: .exactlyOnce, identifiers: [5]))
            #expect(matches.direct.count == count)
            #expect(tree.unsubscribe(fullFilter: "t", by: self.subscriber))
        }
    }

    @Test("overlapping subscriptions are one delivery: highest QoS, all identifiers [MQTT-3.3.4-2] [MQTT-3.3.4-4]")
    func overlap() throws {
        let tree = TestTree()
        let subscriptions = [
            try Subscription(fullFilter: "a/b", qos: .atMostOnce, identifier: 1),
            try Subscription(fullFilter: "a/+", qos: .exactlyOnce, identifier: 2),
            try Subscription(fullFilter: "a/#", qos: .atLeastOnce),
            try Subscription(fullFilter: "#", qos: .atLeastOnce, identifier: 268_435_455),
        ]
        for subscription in subscriptions { _ = tree.subscribe(subscription, by: self.subscriber) }
        let matches = tree.matches(topic: "a/b")
        #expect(matches.direct.count == 1)
        let match = try #require(matches.direct.first)
        #expect(match.delivery.qos == .exactlyOnce)
        #expect(match.delivery.identifiers.sorted() == [1, 2, 268_435_455])
        #expect(!match.delivery.retainAsPublished)
        tree.removeAll(of: self.subscriber, with: subscriptions)
        #expect(tree.count == 0)
        #expect(tree.nodeCount == 1)
    }

    @Test("many subscribers with overlapping subscriptions are each found once", arguments: [1, 16, 17, 33, 100])
    func overlapOfMany(count: Int) throws {
        let tree = TestTree()
        for filter in ["a/b", "a/+", "#"] {
            for number in 0..<count {
                let subscription = try Subscription(fullFilter: filter, qos: .atLeastOnce, identifier: 1)
                _ = tree.subscribe(subscription, by: self.others[number])
            }
        }
        for _ in 0..<2 {
            let matches = tree.matches(topic: "a/b")
            #expect(matches.direct.count == count)
            #expect(Set(matches.direct.map { ObjectIdentifier($0.subscriber) }).count == count)
            #expect(matches.direct.allSatisfy { $0.delivery.identifiers == [1, 1, 1] })
        }
    }

    @Test("No Local keeps back own messages of that subscription only [MQTT-3.8.3-3]")
    func noLocal() throws {
        let tree = TestTree()
        let local = try Subscription(fullFilter: "a/#", qos: .exactlyOnce, noLocal: true, identifier: 1)
        _ = tree.subscribe(local, by: self.subscriber)
        var match = try #require(tree.matches(topic: "a").direct.first)
        #expect(match.delivery(ofOwnMessage: true) == nil)
        #expect(match.delivery(ofOwnMessage: false) == Delivery(qos: .exactlyOnce, identifiers: [1]))
        let other = try Subscription(fullFilter: "+", qos: .atMostOnce, identifier: 2)
        _ = tree.subscribe(other, by: self.subscriber)
        match = try #require(tree.matches(topic: "a").direct.first)
        #expect(match.delivery(ofOwnMessage: true) == Delivery(qos: .atMostOnce, identifiers: [2]))
        #expect(match.delivery.qos == .exactlyOnce)
        #expect(match.delivery.identifiers.sorted() == [1, 2])
    }

    @Test("RETAIN is kept when one of the subscriptions asks for it [MQTT-3.3.1-12] [MQTT-3.3.1-13]")
    func retainAsPublished() throws {
        let tree = try self.tree("a")
        #expect(tree.matches(topic: "a").direct.first?.delivery.retainAsPublished == false)
        let keeping = try Subscription(fullFilter: "+", qos: .atMostOnce, retainAsPublished: true)
        _ = tree.subscribe(keeping, by: self.subscriber)
        #expect(tree.matches(topic: "a").direct.first?.delivery.retainAsPublished == true)
    }

    @Test("UNSUBSCRIBE ends the filter it names character by character, and no other [MQTT-3.10.4-1]")
    func unsubscribe() throws {
        let tree = TestTree()
        let other = TestSubscriber("b")
        for filter in ["a/+", "a/#", "$share/g/a/+"] {
            _ = tree.subscribe(try Subscription(fullFilter: filter, qos: .atMostOnce), by: self.subscriber)
        }
        #expect(tree.count == 3)
        for filter in ["a/b", "a", "$share/h/a/+", "$share/g/a/#", "$share/g", "A/+", "a/+/"] {
            #expect(!tree.unsubscribe(fullFilter: filter, by: self.subscriber))
        }
        #expect(!tree.unsubscribe(fullFilter: "a/+", by: other))
        #expect(tree.unsubscribe(fullFilter: "a/+", by: self.subscriber))
        #expect(!tree.unsubscribe(fullFilter: "a/+", by: self.subscriber))
        #expect(tree.matches(topic: "a/b").direct.count == 1)
        #expect(tree.matches(topic: "a/b").groups.count == 1)
        #expect(tree.unsubscribe(fullFilter: "$share/g/a/+", by: self.subscriber))
        #expect(tree.unsubscribe(fullFilter: "a/#", by: self.subscriber))
        #expect(tree.matches(topic: "a/b").isEmpty)
        #expect(tree.nodeCount == 1)
    }

    @Test("a change of subscriptions changes the generation, a question or a failed change does not")
    func generation() throws {
        let tree = TestTree()
        let subscription = try Subscription(fullFilter: "a", qos: .atMostOnce)
        var generations = [tree.generation]
        _ = tree.subscribe(subscription, by: self.subscriber)
        generations.append(tree.generation)
        _ = tree.subscribe(subscription, by: self.subscriber)
        generations.append(tree.generation)
        _ = tree.unsubscribe(fullFilter: "a", by: self.subscriber)
        generations.append(tree.generation)
        #expect(Set(generations).count == 4)
        _ = tree.unsubscribe(fullFilter: "a", by: self.subscriber)
        _ = tree.matches(topic: "a")
        #expect(tree.generation == generations.last)
    }

    @Test("each message of a shared subscription goes to one member, in turn [MQTT-4.8.2-4]")
    func shared() throws {
        let tree = TestTree()
        for number in 0..<3 {
            let subscription = try Subscription(
                fullFilter: "$share/g/a/#",
                qos: .atLeastOnce,
                identifier: UInt32(number + 1)
            )
            _ = tree.subscribe(subscription, by: self.others[number])
        }
        _ = tree.subscribe(try Subscription(fullFilter: "$share/h/a/#", qos: .atMostOnce), by: self.others[0])
        _ = tree.subscribe(try Subscription(fullFilter: "a/b", qos: .atMostOnce), by: self.others[0])
        let matches = tree.matches(topic: "a/b")
        #expect(matches.direct.count == 1)
        #expect(matches.groups.map { $0.name }.sorted() == ["g", "h"])
        let group = try #require(matches.groups.first { $0.name == "g" })
        let all = (0..<6).compactMap { _ in group.next { _ in true } }
        #expect(all.map { $0.delivery.identifiers } == [[1], [2], [3], [1], [2], [3]])
        let able = (0..<4).compactMap { _ in group.next { $0 !== self.others[1] } }
        #expect(able.map { $0.delivery.identifiers } == [[1], [3], [1], [3]])
        #expect(group.next { _ in false } == nil)
        #expect(tree.unsubscribe(fullFilter: "$share/g/a/#", by: self.others[2]))
        #expect((0..<2).compactMap { _ in group.next { _ in true }?.subscriber.description }.sorted() == ["0", "1"])
    }

    @Test("the first subscriber of a filter stays when a shared group joins it, and the other way round")
    func sharedBesideOwn() throws {
        for filters in [["a", "$share/g/a"], ["$share/g/a", "a"]] {
            let tree = TestTree()
            for filter in filters {
                #expect(tree.subscribe(try Subscription(fullFilter: filter, qos: .atMostOnce), by: self.subscriber))
            }
            let matches = tree.matches(topic: "a")
            #expect(matches.direct.count == 1)
            #expect(matches.groups.count == 1)
            #expect(tree.unsubscribe(fullFilter: "$share/g/a", by: self.subscriber))
            #expect(tree.matches(topic: "a").groups.isEmpty)
            #expect(tree.matches(topic: "a").direct.count == 1)
        }
    }

    @Test("65,535 bytes of slashes, as topic and as filter, are matched and removed", .timeLimit(.minutes(1)))
    func slashes() throws {
        let slashes = String(repeating: "/", count: 65_535)
        let tree = TestTree()
        for filter in ["#", "+/+/#", String(repeating: "/", count: 199), String(repeating: "+/", count: 199) + "#"] {
            _ = tree.subscribe(try Subscription(fullFilter: filter, qos: .atMostOnce), by: TestSubscriber(filter))
        }
        for _ in 0..<100 { #expect(tree.matches(topic: slashes).direct.count == 3) }
    }

    @Test("filters of every mixture of + and names cost the nodes they share, not their number of ways")
    func mixtures() throws {
        let tree = TestTree()
        for bits in 0..<1 << 10 {
            let levels = (0..<10).map { bits >> $0 & 1 == 0 ? "+" : "a" }
            let subscription = try Subscription(fullFilter: levels.joined(separator: "/"), qos: .atMostOnce)
            _ = tree.subscribe(subscription, by: self.subscriber)
        }
        let topic = Array(repeating: "a", count: 10).joined(separator: "/")
        #expect(tree.matches(topic: topic).direct.count == 1)
        #expect(tree.nodeCount == (1 << 11) - 1)
    }

    private func tree(_ filter: String) throws -> TestTree {
        let tree = TestTree()
        _ = tree.subscribe(try Subscription(fullFilter: filter, qos: .atMostOnce), by: self.subscriber)
        return tree
    }
}
