internal import DequeModule

/// What waits for one worker, first in, first out, with a bound in number and bytes; taken in batches.
struct BoundedBatches<Element> {
    /// How much may wait, and how much one batch may hold; a first element is always in it.
    struct Limits {
        var countMax: Int
        var bytesMax: Int
        var batchCountMax: Int
        var batchBytesMax: Int
    }

    /// What the caller has to do with an element.
    enum Admission: Equatable {
        /// It waits; the worker is at work.
        case queued
        /// It waits; start the worker.
        case start
        /// There is no room.
        case full
    }

    private let limits: Limits
    private var elements = Deque<(element: Element, bytes: Int)>()
    private var bytes = 0
    private var isWorking = false

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Elements that wait.
    var count: Int { self.elements.count }

    /// Adds an element of so many bytes.
    mutating func add(_ element: Element, bytes: Int) -> Admission {
        guard self.elements.count < self.limits.countMax, self.bytes + bytes <= self.limits.bytesMax else {
            return .full
        }
        self.elements.append((element, bytes))
        self.bytes += bytes
        defer { self.isWorking = true }
        return self.isWorking ? .queued : .start
    }

    /// The next batch; empty when nothing waits, and then the worker ends.
    mutating func take() -> [Element] {
        var batch = [Element]()
        var bytes = 0
        while let next = self.elements.first, batch.count < self.limits.batchCountMax,
            batch.isEmpty || bytes + next.bytes <= self.limits.batchBytesMax
        {
            self.elements.removeFirst()
            bytes += next.bytes
            batch.append(next.element)
        }
        self.bytes -= bytes
        self.isWorking = !batch.isEmpty
        return batch
    }
}
