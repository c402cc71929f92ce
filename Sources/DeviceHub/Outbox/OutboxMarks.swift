/// How far the events of the outbox are in one topic of the log: the last one in each partition.
///
/// Events go into a topic in order, and a crash cuts each of its partitions at the end: an event whose number is not above the
/// mark of its partition is there, every other one is not. The partitions of one append may be cut at different events.
struct OutboxMarks: Equatable, Sendable {
    private var last: [Int64]

    /// Marks of a topic in which no event is.
    init(partitionCount: Int) {
        self.last = [Int64](repeating: 0, count: partitionCount)
    }

    /// Whether an event is in the log.
    func contains(_ number: Int64, partition: Int) -> Bool {
        number <= self.last[partition]
    }

    /// An event was found in the log, or is there now.
    mutating func note(_ number: Int64, partition: Int) {
        self.last[partition] = max(self.last[partition], number)
    }
}
