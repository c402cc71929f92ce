import NIOCore
import TelemetryModel

/// What happens at a time: a binary heap, so that nothing looks at all sessions every second.
///
/// Nothing is taken out before its time: an entry that was overtaken by events is recognised when it is due.
struct DueQueue {
    /// What is due.
    enum Item {
        /// A session's life without a connection ends.
        case session(BrokerSession)
        /// A retained message expires.
        case retained(topic: ByteBuffer, sequence: UInt64)
        /// A Will's delay is over.
        case will(JournaledWill)
    }

    private var heap: [(at: Timestamp, item: Item)] = []

    var count: Int { self.heap.count }

    mutating func add(_ item: Item, at: Timestamp) {
        self.heap.append((at, item))
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].at < self.heap[parent].at else { break }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest item, when its time has come.
    mutating func next(at now: Timestamp) -> Item? {
        guard let first = self.heap.first, first.at <= now else { return nil }
        let last = self.heap.removeLast()
        if !self.heap.isEmpty {
            self.heap[0] = last
            self.sink()
        }
        return first.item
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < self.heap.count {
                if self.heap[child].at < self.heap[least].at { least = child }
            }
            if least == parent { return }
            self.heap.swapAt(parent, least)
            parent = least
        }
    }
}
