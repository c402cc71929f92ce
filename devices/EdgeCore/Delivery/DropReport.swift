/// Readings that were given up and whose loss the gateway has not acknowledged yet.
///
/// Bounded: beyond ``rangesMax`` ranges the oldest are forgotten, and the gateway finds those gaps by itself, a day later.
package struct DropReport: Sendable {
    package static let rangesMax = 256
    /// Ranges that one message tells; the gateway takes 64, the topic has a bound too.
    package static let perMessageMax = 16

    /// In order of their coming, neighbours joined.
    package private(set) var ranges: [ReadingRange] = []
    /// Grows with each change, so that a change is stored once.
    package private(set) var version = 0

    package init(_ ranges: [ReadingRange] = []) {
        self.ranges = ranges
    }

    package mutating func add(_ range: ReadingRange) {
        self.version += 1
        if let last = self.ranges.last, last.isFollowed(by: range) {
            self.ranges[self.ranges.count - 1] = ReadingRange(epoch: last.epoch, first: last.first, last: range.last)
        } else {
            self.ranges.append(range)
        }
        if self.ranges.count > Self.rangesMax { self.ranges.removeFirst() }
    }

    /// What the next message tells.
    package var next: [ReadingRange] { Array(self.ranges.prefix(Self.perMessageMax)) }

    /// The gateway knows these. A range that has grown since is told again, which does no harm.
    package mutating func acknowledge(_ told: [ReadingRange]) {
        guard !told.isEmpty else { return }
        self.version += 1
        self.ranges.removeAll { told.contains($0) }
    }
}
