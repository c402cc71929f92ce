package import TelemetryModel

/// Things that are due at an instant, earliest first, of one instant the smallest number first: a binary heap.
///
/// A thing may be in it several times, and stay in it after it was dealt with otherwise: whoever takes it asks whether it
/// still is due.
package struct DueQueue: Equatable, Sendable {
    /// One thing and when it is due.
    package struct Entry: Equatable, Sendable {
        /// Milliseconds since 1970.
        package var time: Int64
        /// The caller's number of the thing.
        package var number: Int32
    }

    private var heap: [Entry] = []

    package init() {}

    /// The numbers of all things in it, in no order that means anything.
    package var numbers: [Int32] { self.heap.map(\.number) }

    /// When the first thing is due; the end of time when there is none.
    @inline(__always)
    package var nextTime: Int64 { self.heap.isEmpty ? .max : self.heap[0].time }

    /// Adds a thing: O(log n).
    package mutating func insert(_ number: Int32, at time: Int64) {
        var place = self.heap.count
        let entry = Entry(time: time, number: number)
        self.heap.append(entry)
        while place > 0 {
            let parent = (place - 1) / 2
            guard DueQueue.isBefore(entry, self.heap[parent]) else { break }
            self.heap[place] = self.heap[parent]
            place = parent
        }
        self.heap[place] = entry
    }

    /// Takes the first thing that is due before an instant; `nil` when none is. O(log n).
    package mutating func next(before instant: Int64) -> Entry? {
        guard self.nextTime < instant, let first = self.heap.first, let last = self.heap.popLast() else { return nil }
        guard !self.heap.isEmpty else { return first }
        var place = 0
        while true {
            var child = place * 2 + 1
            guard child < self.heap.count else { break }
            if child + 1 < self.heap.count, DueQueue.isBefore(self.heap[child + 1], self.heap[child]) { child += 1 }
            guard DueQueue.isBefore(self.heap[child], last) else { break }
            self.heap[place] = self.heap[child]
            place = child
        }
        self.heap[place] = last
        return first
    }

    @inline(__always)
    private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        left.time < right.time || (left.time == right.time && left.number < right.number)
    }
}

extension DueQueue {
    package func snapshot(into state: inout StateWriter) {
        state.write(self.heap.count)
        for entry in self.heap {
            state.write(entry.time)
            state.write(Int64(entry.number))
        }
    }

    /// A queue of things whose numbers are below `limit`.
    package init(restoring state: inout StateReader, limit: Int) throws(StateReader.Fault) {
        for _ in 0..<(try state.readCount(ofSize: 16)) {
            let time = try state.readInt64()
            let number = try state.readInt64()
            guard number >= 0, number < limit, let short = Int32(exactly: number) else { throw state.fault }
            self.insert(short, at: time)
        }
    }
}
