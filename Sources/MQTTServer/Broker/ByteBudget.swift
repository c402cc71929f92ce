import Synchronization

/// Bytes of messages that wait in memory for clients, of all event loops: in queues, in flight, and in channels.
final class ByteBudget: Sendable {
    let bytesMax: Int
    private let sum = Atomic<Int>(0)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    var used: Int { self.sum.load(ordering: .relaxed) }

    /// Adds bytes, or takes some off; returns the sum.
    @discardableResult
    func add(_ bytes: Int) -> Int {
        self.sum.add(bytes, ordering: .relaxed).newValue
    }

    /// One event loop's part of it: counted without a lock, told to the others when it has changed by ``step``.
    struct Share {
        private let budget: ByteBudget
        private var own = 0
        private var told = 0
        private var others = 0

        /// Bytes that the others do not know of, at most.
        static let step = 64 << 10

        init(of budget: ByteBudget) {
            self.budget = budget
        }

        mutating func add(_ bytes: Int) {
            self.own += bytes
            guard abs(self.own - self.told) >= Share.step else { return }
            self.others = self.budget.add(self.own - self.told) - self.own
            self.told = self.own
        }

        /// Whether no more than must be is kept; asks the others only when it seems so.
        mutating func isOver() -> Bool {
            guard self.own + self.others > self.budget.bytesMax else { return false }
            self.others = self.budget.used - self.told
            return self.own + self.others > self.budget.bytesMax
        }
    }
}
