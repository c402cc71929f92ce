/// A trie over topic levels: the nodes stand in one array, their children in one hash table over (parent, level).
///
/// - A node costs about 50 bytes, a slot of the table and its payload; a level of up to 15 bytes stands in the node itself.
/// - A level is looked up by hash, so a step costs the same with one child as with a million.
/// - Nothing recurses: a path of 65,536 levels is a loop.
/// - Levels are UTF-8; the caller's topics are checked.
struct LevelTrie<Payload> {
    /// The place of a node; ``none`` for no node.
    typealias Place = UInt32

    struct Node {
        fileprivate(set) var level: String
        fileprivate var hash: UInt32
        fileprivate(set) var parent: Place
        fileprivate(set) var firstChild = LevelTrie.none
        /// The next child of the same parent; of a free node the next free one.
        fileprivate(set) var next = LevelTrie.none
        fileprivate var previous = LevelTrie.none
        /// The child `+`, which every step asks for.
        fileprivate(set) var plusChild = LevelTrie.none
        /// The child `#`.
        fileprivate(set) var hashChild = LevelTrie.none
        var payload: Payload?
    }

    static var none: Place { .max }
    static var root: Place { 0 }

    private(set) var nodes: ContiguousArray<Node>
    /// Open addressing with linear probing; a power of two, at most three quarters full.
    private var slots: ContiguousArray<Place>
    private var firstFree = LevelTrie.none
    /// Nodes in use, the root included.
    private(set) var count = 1

    init() {
        self.nodes = [Node(level: "", hash: 0, parent: LevelTrie.none)]
        self.slots = ContiguousArray(repeating: LevelTrie.none, count: 16)
    }

    subscript(place: Place) -> Node {
        _read { yield self.nodes[Int(place)] }
    }

    /// The payload of a node.
    subscript(payload place: Place) -> Payload? {
        _read { yield self.nodes[Int(place)].payload }
        _modify { yield &self.nodes[Int(place)].payload }
    }

    /// The child with these bytes as its level, taken literally.
    func child(of parent: Place, _ level: UnsafeRawBufferPointer) -> Place {
        guard self.nodes[Int(parent)].firstChild != LevelTrie.none else { return LevelTrie.none }
        return self.slots[self.slot(of: parent, level, LevelTrie.hash(parent, level))]
    }

    /// The node at the end of a path, taken literally.
    func find(_ path: UnsafeRawBufferPointer) -> Place {
        var levels = TopicLevels(path)
        var place = LevelTrie.root
        while place != LevelTrie.none, let level = levels.next() { place = self.child(of: place, level) }
        return place
    }

    /// The node at the end of a path, made when it is not there. It needs a payload or a ``prune(_:)``.
    mutating func insert(_ path: UnsafeRawBufferPointer) -> Place {
        var levels = TopicLevels(path)
        var place = LevelTrie.root
        while let level = levels.next() { place = self.insertChild(of: place, level) }
        return place
    }

    /// Removes a node that has neither payload nor children, then its parents as long as they have none either.
    mutating func prune(_ place: Place) {
        var place = place
        while place != LevelTrie.root {
            let node = self.nodes[Int(place)]
            guard node.payload == nil, node.firstChild == LevelTrie.none else { return }
            self.remove(place)
            place = node.parent
        }
    }

    private mutating func insertChild(of parent: Place, _ level: UnsafeRawBufferPointer) -> Place {
        let hash = LevelTrie.hash(parent, level)
        let found = self.slots[self.slot(of: parent, level, hash)]
        if found != LevelTrie.none { return found }
        if 4 * (self.count + 1) > 3 * self.slots.count { self.growSlots() }
        var node = Node(level: String(decoding: level, as: UTF8.self), hash: hash, parent: parent)
        node.next = self.nodes[Int(parent)].firstChild
        let place = self.add(node)
        if node.next != LevelTrie.none { self.nodes[Int(node.next)].previous = place }
        self.nodes[Int(parent)].firstChild = place
        if level.isPlus { self.nodes[Int(parent)].plusChild = place }
        if level.isHash { self.nodes[Int(parent)].hashChild = place }
        self.slots[self.slot(of: parent, level, hash)] = place
        self.count += 1
        return place
    }

    private mutating func add(_ node: Node) -> Place {
        let place = self.firstFree
        guard place != LevelTrie.none else {
            self.nodes.append(node)
            return Place(self.nodes.count - 1)
        }
        self.firstFree = self.nodes[Int(place)].next
        self.nodes[Int(place)] = node
        return place
    }

    private mutating func remove(_ place: Place) {
        let node = self.nodes[Int(place)]
        if node.previous != LevelTrie.none {
            self.nodes[Int(node.previous)].next = node.next
        } else {
            self.nodes[Int(node.parent)].firstChild = node.next
        }
        if node.next != LevelTrie.none { self.nodes[Int(node.next)].previous = node.previous }
        if self.nodes[Int(node.parent)].plusChild == place { self.nodes[Int(node.parent)].plusChild = LevelTrie.none }
        if self.nodes[Int(node.parent)].hashChild == place { self.nodes[Int(node.parent)].hashChild = LevelTrie.none }
        self.vacate(slot: node.level.withTopicBytes { self.slot(of: node.parent, $0, node.hash) })
        self.nodes[Int(place)] = Node(level: "", hash: 0, parent: LevelTrie.none)
        self.nodes[Int(place)].next = self.firstFree
        self.firstFree = place
        self.count -= 1
    }

    // MARK: The table of children

    /// The slot that holds the child, or the empty one where it would stand.
    private func slot(of parent: Place, _ level: UnsafeRawBufferPointer, _ hash: UInt32) -> Int {
        let mask = self.slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let place = self.slots[slot]
            if place == LevelTrie.none || self.isChild(place, of: parent, level, hash) { return slot }
            slot = (slot + 1) & mask
        }
    }

    private func isChild(_ place: Place, of parent: Place, _ level: UnsafeRawBufferPointer, _ hash: UInt32) -> Bool {
        let node = self.nodes[Int(place)]
        guard node.hash == hash, node.parent == parent else { return false }
        return node.level.withTopicBytes { $0.equals(level) }
    }

    /// Empties a slot and moves those up that were pushed past it (Knuth, volume 3, 6.4, algorithm R).
    private mutating func vacate(slot: Int) {
        let mask = self.slots.count - 1
        var hole = slot
        var slot = slot
        while true {
            slot = (slot + 1) & mask
            let place = self.slots[slot]
            guard place != LevelTrie.none else { break }
            let home = Int(self.nodes[Int(place)].hash) & mask
            if (slot - home) & mask >= (slot - hole) & mask {
                self.slots[hole] = place
                hole = slot
            }
        }
        self.slots[hole] = LevelTrie.none
    }

    private mutating func growSlots() {
        let old = self.slots
        let mask = 2 * old.count - 1
        self.slots = ContiguousArray(repeating: LevelTrie.none, count: 2 * old.count)
        for place in old where place != LevelTrie.none {
            var slot = Int(self.nodes[Int(place)].hash) & mask
            while self.slots[slot] != LevelTrie.none { slot = (slot + 1) & mask }
            self.slots[slot] = place
        }
    }

    /// Seeded per process, so that no client can choose levels that collide.
    private static func hash(_ parent: Place, _ level: UnsafeRawBufferPointer) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(parent)
        hasher.combine(bytes: level)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
