package import NIOCore

/// Who subscribes to what: a trie over topic levels, matched level by level. Spec: MQTT 5.0 §4.7.
///
/// - A million filters `site/n/device-n/commands` of a subscriber each take 163 MB, measured; see ``LevelTrie``.
/// - Matching keeps the nodes that still match, at most all of one level; it never recurses.
/// - Not copyable: its shared groups are objects that two trees must not own.
package struct SubscriptionTree<Subscriber: AnyObject>: ~Copyable {
    private enum Subscribers {
        /// The usual case, with nothing allocated.
        case one(SubscriberEntry<Subscriber>)
        case many(Crowd)
    }

    /// The subscribers of a filter that has several, or shared groups.
    private final class Crowd {
        var direct = SubscriberList<Subscriber>()
        var groups: [SharedGroup<Subscriber>] = []
    }

    private var trie = LevelTrie<Subscribers>()
    /// Nodes that match so far, kept between calls for their memory.
    private var frontier: [UInt32] = []
    private var nextFrontier: [UInt32] = []
    /// Positions in the result by subscriber, used once a result is long.
    private var positions: [ObjectIdentifier: Int] = [:]

    /// Changes whenever the answer of ``matches(topic:)`` may change for some topic.
    package private(set) var generation: UInt64 = 0
    /// Subscriptions, shared ones counted for each member.
    package private(set) var count = 0

    /// An empty tree.
    package init() {}

    /// Nodes of the trie, for tests and metrics: 1 when the tree is empty.
    package var nodeCount: Int { self.trie.count }

    /// Adds or replaces the subscription of a subscriber with this filter.
    ///
    /// - Returns: whether there was none. [MQTT-3.8.4-3]
    package mutating func subscribe(_ subscription: Subscription, by subscriber: Subscriber) -> Bool {
        let place = subscription.filter.withTopicBytes { self.trie.insert($0) }
        let entry = SubscriberEntry(subscriber, subscription)
        self.generation += 1
        let isNew: Bool
        if let name = subscription.shareName {
            let crowd = self.crowd(at: place)
            if let group = crowd.groups.first(where: { $0.name.hasSameBytes(as: name) }) {
                isNew = group.put(entry)
            } else {
                let group = SharedGroup<Subscriber>(name: name)
                isNew = group.put(entry)
                crowd.groups.append(group)
            }
        } else {
            isNew = self.put(entry, at: place)
        }
        if isNew { self.count += 1 }
        return isNew
    }

    /// Ends a subscription; whether it was there. [MQTT-3.10.4-1]
    package mutating func unsubscribe(fullFilter: String, by subscriber: Subscriber) -> Bool {
        guard let (shareName, filter) = try? Subscription.split(fullFilter) else { return false }
        let place = filter.withTopicBytes { self.trie.find($0) }
        guard place != LevelTrie<Subscribers>.none, let subscribers = self.trie[payload: place] else { return false }
        switch subscribers {
        case .one(let entry):
            guard shareName == nil, entry.subscriber === subscriber else { return false }
            self.trie[payload: place] = nil
        case .many(let crowd):
            guard self.remove(subscriber, shareName, from: crowd) else { return false }
            if crowd.direct.entries.isEmpty, crowd.groups.isEmpty { self.trie[payload: place] = nil }
        }
        self.trie.prune(place)
        self.generation += 1
        self.count -= 1
        return true
    }

    /// A subscriber is connected again: its shared subscriptions may choose it.
    package func wake(_ subscriber: Subscriber, with subscriptions: [Subscription]) {
        for subscription in subscriptions {
            guard let name = subscription.shareName else { continue }
            let place = subscription.filter.withTopicBytes { self.trie.find($0) }
            guard place != LevelTrie<Subscribers>.none, case .many(let crowd) = self.trie[payload: place] else {
                continue
            }
            crowd.groups.first { $0.name.hasSameBytes(as: name) }?.wake(subscriber)
        }
    }

    /// Ends all subscriptions of a subscriber, which the caller's session knows.
    package mutating func removeAll(of subscriber: Subscriber, with subscriptions: [Subscription]) {
        for subscription in subscriptions { _ = self.unsubscribe(fullFilter: subscription.fullFilter, by: subscriber) }
    }

    /// Who gets a message to a topic.
    package mutating func matches(topic: ByteBuffer) -> Matches<Subscriber> {
        topic.withUnsafeReadableBytes { self.matches($0) }
    }

    private mutating func matches(_ topic: UnsafeRawBufferPointer) -> Matches<Subscriber> {
        var matches = Matches<Subscriber>()
        let none = LevelTrie<Subscribers>.none
        var hidesWildcards = topic.beginsWithDollar  // [MQTT-4.7.2-1]
        var levels = TopicLevels(topic)
        self.frontier.append(LevelTrie<Subscribers>.root)
        while !self.frontier.isEmpty, let level = levels.next() {
            for place in self.frontier {
                let hash = self.trie[place].hashChild
                let plus = self.trie[place].plusChild
                if !hidesWildcards {
                    if hash != none { self.collect(hash, into: &matches) }  // [MQTT-4.7.1-1]
                    if plus != none { self.nextFrontier.append(plus) }  // [MQTT-4.7.1-2]
                }
                let child = self.trie.child(of: place, level)
                if child != none { self.nextFrontier.append(child) }
            }
            hidesWildcards = false
            swap(&self.frontier, &self.nextFrontier)
            self.nextFrontier.removeAll(keepingCapacity: true)
        }
        for place in self.frontier {
            self.collect(place, into: &matches)
            // `a/#` matches `a`, too: `#` stands for the parent and any number of levels below it.
            let hash = self.trie[place].hashChild
            if hash != none { self.collect(hash, into: &matches) }
        }
        self.frontier.removeAll(keepingCapacity: true)
        self.positions.removeAll(keepingCapacity: true)
        return matches
    }

    private mutating func collect(_ place: UInt32, into matches: inout Matches<Subscriber>) {
        guard let subscribers = self.trie[payload: place] else { return }
        switch subscribers {
        case .one(let entry):
            self.add(entry.match, into: &matches)
        case .many(let crowd):
            matches.groups += crowd.groups
            if matches.direct.isEmpty {
                matches.direct = crowd.direct.entries.map { $0.match }
            } else {
                for entry in crowd.direct.entries { self.add(entry.match, into: &matches) }
            }
        }
    }

    /// Adds a match, or merges it with what the same subscriber has already. [MQTT-3.3.4-2]
    private mutating func add(_ match: Match<Subscriber>, into matches: inout Matches<Subscriber>) {
        let scanMax = 16
        if matches.direct.count <= scanMax {
            if let position = matches.direct.firstIndex(where: { $0.subscriber === match.subscriber }) {
                matches.direct[position].merge(match)
                return
            }
        } else {
            // Those that came in one piece are entered now.
            for position in self.positions.count..<matches.direct.count {
                self.positions[ObjectIdentifier(matches.direct[position].subscriber)] = position
            }
            if let position = self.positions[ObjectIdentifier(match.subscriber)] {
                matches.direct[position].merge(match)
                return
            }
        }
        matches.direct.append(match)
    }

    private mutating func put(_ entry: SubscriberEntry<Subscriber>, at place: UInt32) -> Bool {
        switch self.trie[payload: place] {
        case .none:
            self.trie[payload: place] = .one(entry)
            return true
        case .one(let present) where present.subscriber === entry.subscriber:
            self.trie[payload: place] = .one(entry)
            return false
        case .one, .many:
            return self.crowd(at: place).direct.put(entry)
        }
    }

    /// The crowd of a filter, made of its single subscriber when it has none.
    private mutating func crowd(at place: UInt32) -> Crowd {
        if case .many(let crowd) = self.trie[payload: place] { return crowd }
        let crowd = Crowd()
        if case .one(let entry) = self.trie[payload: place] { _ = crowd.direct.put(entry) }
        self.trie[payload: place] = .many(crowd)
        return crowd
    }

    private func remove(_ subscriber: Subscriber, _ shareName: String?, from crowd: Crowd) -> Bool {
        guard let shareName else { return crowd.direct.remove(subscriber) }
        guard let position = crowd.groups.firstIndex(where: { $0.name.hasSameBytes(as: shareName) }),
            crowd.groups[position].remove(subscriber)
        else { return false }
        if crowd.groups[position].count == 0 { crowd.groups.remove(at: position) }
        return true
    }
}
