package import NIOCore

/// One value per topic, found by topic or by filter: the retained messages. Spec: MQTT 5.0 §3.3.1.3, §4.7.
///
/// The levels' rules are ``SubscriptionTree``'s. Removing a value removes every level that only it needed. Values are
/// bounded by the caller, who knows their size.
package struct RetainedTree<Value> {
    /// Values of a filter, and whether they are all.
    package struct Search {
        package var values: [Value] = []
        /// False when a bound ended the search.
        package var isComplete = true
        /// Nodes looked at.
        package var visits = 0

        /// The same, ended by a bound.
        fileprivate var cut: Search {
            Search(values: self.values, isComplete: false, visits: self.visits)
        }
    }

    private var trie = LevelTrie<Value>()
    /// Topics with a value.
    package private(set) var count = 0

    /// An empty tree.
    package init() {}

    /// Nodes of the trie, for tests and metrics: 1 when the tree is empty.
    package var nodeCount: Int { self.trie.count }

    /// Places that nodes have, or had: where a ``scan(from:nodesMax:)`` of all that is there now ends.
    package var placeCount: Int { self.trie.nodes.count }

    /// Sets or, with `nil`, removes the value of a topic.
    ///
    /// - Returns: the value it had.
    @discardableResult
    package mutating func set(topic: ByteBuffer, _ value: Value?) -> Value? {
        topic.withUnsafeReadableBytes { bytes in
            guard let value else { return self.remove(bytes) }
            let place = self.trie.insert(bytes)
            let old = self.trie[payload: place]
            self.trie[payload: place] = value
            if old == nil { self.count += 1 }
            return old
        }
    }

    private mutating func remove(_ topic: UnsafeRawBufferPointer) -> Value? {
        let place = self.trie.find(topic)
        guard place != LevelTrie<Value>.none, let old = self.trie[payload: place] else { return nil }
        self.trie[payload: place] = nil
        self.trie.prune(place)
        self.count -= 1
        return old
    }

    /// The value of a topic.
    package func value(topic: ByteBuffer) -> Value? {
        let place = topic.withUnsafeReadableBytes { self.trie.find($0) }
        return place == LevelTrie<Value>.none ? nil : self.trie[payload: place]
    }

    /// The values whose topics match a filter, `$share/…` taken off it, in no order.
    package func matching(filter: String) -> [Value] {
        self.search(filter: filter).values
    }

    /// The values whose topics match a filter, within bounds: a filter of many `+` may pass every node of a tree.
    ///
    /// - Parameters:
    ///   - filter: without `$share/…`, checked.
    ///   - valuesMax: values at most.
    ///   - visitsMax: nodes looked at, at most; the cost of a search.
    /// - Returns: what was found within the bounds.
    package func search(filter: String, valuesMax: Int = .max, visitsMax: Int = .max) -> Search {
        var filterLevels = filter.withTopicBytes { bytes in
            var walk = TopicLevels(bytes)
            var levels: [[UInt8]] = []
            while let level = walk.next() { levels.append(Array(level)) }
            return levels
        }
        let isOpen = filterLevels.last == [UInt8(ascii: "#")]
        if isOpen { filterLevels.removeLast() }
        var walk = Walk(trie: self.trie, levels: filterLevels, isOpen: isOpen)
        return walk.run(valuesMax: valuesMax, visitsMax: visitsMax)
    }

    /// Looks at the nodes one after another, whatever their topics: a search that may pause, while the tree changes.
    ///
    /// A value stays in its place until it is removed, so all that are there from the first step to the last are found.
    /// - Parameters:
    ///   - place: where to go on, 0 at first.
    ///   - nodesMax: nodes looked at, at most.
    /// - Returns: the values of these nodes, and whether there are no more.
    package func scan(from place: inout Int, nodesMax: Int) -> Search {
        let end = min(self.trie.nodes.count, place + nodesMax)
        guard place < end else { return Search() }
        let range = place..<end
        place = end
        return Search(
            values: range.compactMap { self.trie.nodes[$0].payload },
            isComplete: end == self.trie.nodes.count,
            visits: range.count
        )
    }

    /// All values, in no order.
    package var values: [Value] {
        self.trie.nodes.compactMap { $0.payload }
    }

    /// One search, depth first: a stack of nodes that match the filter so far, and how many of its levels they used.
    private struct Walk {
        struct Step {
            var place: UInt32
            var depth: Int
            /// Whether a wildcard led here, so that the siblings follow.
            var isWildcard = false
        }

        let trie: LevelTrie<Value>
        let levels: [[UInt8]]
        /// Whether the filter ends in `#`.
        let isOpen: Bool
        var stack = [Step(place: LevelTrie<Value>.root, depth: 0)]

        mutating func run(valuesMax: Int, visitsMax: Int) -> Search {
            var search = Search()
            while let step = self.stack.popLast() {
                guard search.visits < visitsMax else { return search.cut }
                search.visits += 1
                if step.isWildcard { self.push(firstVisibleFrom: self.trie[step.place].next, step.depth) }
                if self.isMatch(step.depth), let value = self.trie[payload: step.place] {
                    guard search.values.count < valuesMax else { return search.cut }
                    search.values.append(value)
                }
                self.descend(from: step)
            }
            return search
        }

        /// `a/#` matches `a` and everything below it. [MQTT-4.7.1-1]
        private func isMatch(_ depth: Int) -> Bool {
            depth == self.levels.count || depth > self.levels.count && self.isOpen
        }

        private mutating func descend(from step: Step) {
            if step.depth < self.levels.count, self.levels[step.depth] != [UInt8(ascii: "+")] {
                let child = self.levels[step.depth].withUnsafeBytes { self.trie.child(of: step.place, $0) }
                if child != LevelTrie<Value>.none { self.stack.append(Step(place: child, depth: step.depth + 1)) }
            } else if step.depth < self.levels.count || self.isOpen {
                self.push(firstVisibleFrom: self.trie[step.place].firstChild, step.depth + 1)
            }
        }

        /// Goes on with a node or its first sibling that a wildcard sees: in the first level not those that begin with
        /// `$`. [MQTT-4.7.2-1]
        private mutating func push(firstVisibleFrom place: UInt32, _ depth: Int) {
            var place = place
            while depth == 1, place != LevelTrie<Value>.none, self.trie[place].level.utf8.first == UInt8(ascii: "$") {
                place = self.trie[place].next
            }
            guard place != LevelTrie<Value>.none else { return }
            self.stack.append(Step(place: place, depth: depth, isWildcard: true))
        }
    }
}
