/// The producers of one topic that number their batches; a bounded memory, the longest idle forgotten first.
///
/// Pure. Everything in it is synced: what is only staged stands elsewhere until its commit. Every change is O(1).
package struct ProducerTable: Sendable {
    /// A producer in a partition.
    package struct Key: Hashable, Sendable {
        /// The id it was given, 0 or more.
        package var producerID: Int64
        /// The partition it sent to.
        package var partition: Int

        /// A producer in a partition.
        package init(producerID: Int64, partition: Int) {
            self.producerID = producerID
            self.partition = partition
        }
    }

    /// Entries of a topic at most: about 25 MB. The bound of a log is this for each of its topics; it takes clients that may
    /// send to all of them, and use so many producer ids within a week.
    package static let countMax = 100_000
    /// Milliseconds after its last batch until a producer is forgotten: 7 days.
    package static let idleMilliseconds: Int64 = 7 * 86_400_000

    /// A place in the chain of all entries, from the longest idle to the last used.
    private struct Slot {
        var key: Key
        var entry: ProducerEntry
        var older: Int
        var newer: Int
    }

    private static let none = -1

    private let limit: Int
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var places: [Key: Int] = [:]
    private var oldest = ProducerTable.none
    private var newest = ProducerTable.none

    /// An empty table of at most `limit` entries.
    package init(limit: Int = ProducerTable.countMax) {
        precondition(limit > 0, "a table without room remembers nothing")
        self.limit = limit
    }

    /// Entries in all.
    package var count: Int { self.places.count }

    /// What is known of a producer; `nil` when nothing is.
    package subscript(key: Key) -> ProducerEntry? {
        self.places[key].map { self.slots[$0].entry }
    }

    /// All entries, the longest idle first.
    package var all: [(key: Key, entry: ProducerEntry)] {
        var all: [(key: Key, entry: ProducerEntry)] = []
        all.reserveCapacity(self.count)
        var place = self.oldest
        while place != ProducerTable.none {
            all.append((self.slots[place].key, self.slots[place].entry))
            place = self.slots[place].newer
        }
        return all
    }

    /// Takes in a stored batch of a producer; `stamp` is its append time, ms since 1970, and never decreases.
    package mutating func add(_ header: RecordBatchHeader, partition: Int, baseOffset: Int64, stamp: Int64) {
        let key = Key(producerID: header.producerID, partition: partition)
        if let place = self.places[key] {
            self.unlink(place)
            self.slots[place].entry.add(header, baseOffset: baseOffset, stamp: stamp)
            self.link(place)
        } else {
            self.insert(ProducerEntry(header, baseOffset: baseOffset, stamp: stamp), for: key)
        }
        self.forget(before: stamp &- ProducerTable.idleMilliseconds)
    }

    /// Puts an entry behind all others, as when a snapshot is read in its order.
    package mutating func insert(_ entry: ProducerEntry, for key: Key) {
        if let place = self.places[key] { self.remove(place) }
        if self.places.count >= self.limit { self.remove(self.oldest) }
        let slot = Slot(key: key, entry: entry, older: ProducerTable.none, newer: ProducerTable.none)
        let place: Int
        if let reused = self.free.popLast() {
            place = reused
            self.slots[place] = slot
        } else {
            place = self.slots.count
            self.slots.append(slot)
        }
        self.places[key] = place
        self.link(place)
    }

    /// Forgets who has sent nothing since `stamp`.
    private mutating func forget(before stamp: Int64) {
        while self.oldest != ProducerTable.none, self.slots[self.oldest].entry.stamp < stamp {
            self.remove(self.oldest)
        }
    }

    private mutating func remove(_ place: Int) {
        self.unlink(place)
        self.places[self.slots[place].key] = nil
        self.slots[place].entry = ProducerEntry(epoch: 0, stamp: 0, marks: [])
        self.free.append(place)
    }

    private mutating func link(_ place: Int) {
        self.slots[place].older = self.newest
        self.slots[place].newer = ProducerTable.none
        if self.newest == ProducerTable.none { self.oldest = place } else { self.slots[self.newest].newer = place }
        self.newest = place
    }

    private mutating func unlink(_ place: Int) {
        let (older, newer) = (self.slots[place].older, self.slots[place].newer)
        if older == ProducerTable.none { self.oldest = newer } else { self.slots[older].newer = newer }
        if newer == ProducerTable.none { self.newest = older } else { self.slots[newer].older = older }
    }
}
