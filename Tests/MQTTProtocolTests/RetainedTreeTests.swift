import MQTTProtocol
import NIOCore
import Testing

@Suite("Retained values by topic and by filter, MQTT 5.0 §3.3.1.3")
struct RetainedTreeTests {
    private func tree(_ topics: [String]) -> RetainedTree<String> {
        var tree = RetainedTree<String>()
        for topic in topics { tree.set(topic: ByteBuffer(string: topic), topic) }
        return tree
    }

    @Test("a later value replaces the one before, and none removes it [MQTT-3.3.1-5] [MQTT-3.3.1-6]")
    func replace() {
        var tree = RetainedTree<Int>()
        let topic = ByteBuffer(string: "a/b")
        #expect(tree.set(topic: topic, 1) == nil)
        #expect(tree.set(topic: topic, 2) == 1)
        #expect(tree.value(topic: topic) == 2)
        #expect(tree.value(topic: ByteBuffer(string: "a")) == nil)
        #expect(tree.count == 1)
        #expect(tree.set(topic: topic, nil) == 2)
        #expect(tree.set(topic: topic, nil) == nil)
        #expect(tree.count == 0)
        #expect(tree.nodeCount == 1)
    }

    @Test(
        "a filter finds the topics that a message would reach it from [MQTT-3.3.1-9] [MQTT-4.7.2-1]",
        arguments: [
            ("#", ["/", "a", "a/b", "a/b/c", "a/c", "b/"]), ("+", ["a"]),
            ("+/#", ["/", "a", "a/b", "a/b/c", "a/c", "b/"]),
            ("a/#", ["a", "a/b", "a/b/c", "a/c"]), ("a/+", ["a/b", "a/c"]), ("+/+", ["/", "a/b", "a/c", "b/"]),
            ("+/+/c", ["a/b/c"]), ("a/+/#", ["a/b", "a/b/c", "a/c"]), ("a", ["a"]), ("b", []), ("b/", ["b/"]),
            ("$SYS/#", ["$SYS", "$SYS/a"]), ("$SYS/+", ["$SYS/a"]), ("x/#", []), ("a/b/c/d", []),
        ]
    )
    func filters(filter: String, expected: [String]) {
        let tree = self.tree(["$SYS", "$SYS/a", "/", "a", "a/b", "a/b/c", "a/c", "b/"])
        #expect(tree.matching(filter: filter).sorted() == expected)
    }

    @Test("removing a value leaves those above and below")
    func prune() {
        var tree = self.tree(["a", "a/b", "a/b/c/d"])
        tree.set(topic: ByteBuffer(string: "a/b"), nil)
        #expect(tree.matching(filter: "#").sorted() == ["a", "a/b/c/d"])
        #expect(tree.nodeCount == 5)
        tree.set(topic: ByteBuffer(string: "a/b/c/d"), nil)
        #expect(tree.nodeCount == 2)
    }

    @Test("a scan finds in slices all that are there from its first step to its last")
    func scan() {
        var tree = self.tree((0..<100).map { "a/\($0)" })
        var place = 0
        var found: [String] = []
        var slices = 0
        while true {
            let slice = tree.scan(from: &place, nodesMax: 10)
            #expect(slice.visits <= 10)
            found += slice.values
            slices += 1
            // Comes and goes, and others with it.
            tree.set(topic: ByteBuffer(string: "b/\(slices)"), "new")
            tree.set(topic: ByteBuffer(string: "a/\(slices)"), nil)
            if slice.isComplete { break }
        }
        #expect(slices >= 11)
        #expect(Set(found).isSuperset(of: (slices..<100).map { "a/\($0)" }))
        #expect(tree.scan(from: &place, nodesMax: 10).values.isEmpty)
    }

    @Test("a search ends at its bounds and says so", arguments: [(100, true), (99, false), (0, false)])
    func bounds(valuesMax: Int, isComplete: Bool) {
        let tree = self.tree((0..<100).map { "a/\($0)" })
        let search = tree.search(filter: "a/+", valuesMax: valuesMax)
        #expect(search.values.count == valuesMax)
        #expect(search.isComplete == isComplete)
    }

    @Test("a search looks at no more nodes than it may", arguments: [(102, true), (101, false), (1, false)])
    func visits(visitsMax: Int, isComplete: Bool) {
        let tree = self.tree((0..<100).map { "a/\($0)" })
        let search = tree.search(filter: "a/+", visitsMax: visitsMax)
        #expect(search.isComplete == isComplete)
        #expect(search.values.count == max(0, visitsMax - 2))
    }

    @Test("65,535 bytes of slashes are stored, found and removed", .timeLimit(.minutes(1)))
    func slashes() {
        let topic = ByteBuffer(string: String(repeating: "/", count: 65_535))
        var tree = RetainedTree<Int>()
        tree.set(topic: topic, 1)
        #expect(tree.nodeCount == 65_537)
        #expect(tree.matching(filter: "#") == [1])
        #expect(tree.matching(filter: String(repeating: "+/", count: 32_767) + "#") == [1])
        #expect(tree.matching(filter: String(repeating: "/", count: 65_535)) == [1])
        #expect(tree.set(topic: topic, nil) == 1)
        #expect(tree.nodeCount == 1)
    }

    @Test("200 levels are counted as such")
    func levels() {
        #expect(TopicLevels.count(of: ByteBuffer(string: String(repeating: "/", count: 199))) == TopicLevels.countMax)
        #expect(TopicLevels.count(of: ByteBuffer(string: "a")) == 1)
        #expect(TopicLevels.count(of: "a/b/") == 3)
    }
}
