/// The ranges of one epoch while they change: in order, none touching another of its kind.
struct EpochRanges {
    let epoch: UInt32
    private(set) var ranges: ContiguousArray<NumberRange>

    init(epoch: UInt32, ranges: ContiguousArray<NumberRange>) {
        self.epoch = epoch
        self.ranges = ranges
    }

    /// Numbers of an epoch that were received, or told before as missing, are received now.
    mutating func receive(_ span: ReadingSpan, atMinute minute: UInt32, effects: inout NumberEffects) {
        self.add(NumberRange(span), atMinute: minute, effects: &effects)
    }

    /// Numbers that are in no range are told as missing.
    mutating func tell(_ span: ReadingSpan, atMinute minute: UInt32, effects: inout NumberEffects) {
        var told = NumberRange(span)
        told.isTold = true
        self.add(told, atMinute: minute, effects: &effects)
    }

    /// The parts of `span` that are in no range.
    func missing(of span: ReadingSpan) -> [ReadingSpan] {
        var missing: [ReadingSpan] = []
        var next = span.first
        for range in self.ranges where range.last >= span.first && range.first <= span.last {
            if next < range.first, let part = ReadingSpan(epoch: self.epoch, first: next, last: range.first - 1) {
                missing.append(part)
            }
            next = range.last + 1
        }
        if next <= span.last, let part = ReadingSpan(epoch: self.epoch, first: next, last: span.last) {
            missing.append(part)
        }
        return missing
    }

    /// What is waited for between ranges, of any number of epochs in order.
    static func holes(in ranges: ContiguousArray<NumberRange>) -> [(span: ReadingSpan, since: UInt32)] {
        var holes: [(span: ReadingSpan, since: UInt32)] = []
        for (below, above) in zip(ranges, ranges.dropFirst()) where below.epoch == above.epoch {
            guard below.last + 1 < above.first, let since = above.watchedSince,
                let span = ReadingSpan(epoch: above.epoch, first: below.last + 1, last: above.first - 1)
            else { continue }
            holes.append((span, since))
        }
        return holes
    }

    private mutating func add(_ new: NumberRange, atMinute minute: UInt32, effects: inout NumberEffects) {
        if let first = self.ranges.first, self.ranges.count >= ReceivedRanges.rangesMax, new.last &+ 1 < first.first {
            // It would be the lowest, and the one to forget.
            effects.forgotten += 1
            return
        }
        var added = new
        added.watchedSince = self.watch(below: new, atMinute: minute)
        if let first = self.ranges.first, new.last < first.first, first.watchedSince != nil {
            // Until now nothing was known below: what is missing in between is missing from now on.
            self.ranges[0].watchedSince = minute
        }
        var below: ContiguousArray<NumberRange> = []
        var above: ContiguousArray<NumberRange> = []
        for range in self.ranges {
            if range.isTold == new.isTold, range.first <= added.last + 1, added.first <= range.last + 1 {
                if range.first <= added.first {
                    added.first = range.first
                    added.watchedSince = range.watchedSince
                }
                added.last = max(added.last, range.last)
            } else if range.last < added.first {
                below.append(range)
            } else if range.first > added.last {
                above.append(range)
            } else {
                // Told as missing, and here after all.
                var rest = range
                if range.first < added.first {
                    rest.last = added.first - 1
                    below.append(rest)
                }
                if range.last > added.last {
                    rest = range
                    rest.first = added.last + 1
                    above.append(rest)
                }
            }
        }
        self.ranges = below + [added] + above
        while self.ranges.count > ReceivedRanges.rangesMax { self.forgetLowest(&effects) }
    }

    /// Since when what is missing right below a new range is waited for; `nil`: it is not.
    private func watch(below new: NumberRange, atMinute minute: UInt32) -> UInt32? {
        guard let first = self.ranges.first else { return 0 }
        // The lowest of all: its lower neighbours are as unknown as those of the lowest before.
        guard first.first <= new.first else { return first.watchedSince == nil ? nil : 0 }
        // A hole that is parted keeps its age; behind the highest one it begins now.
        guard let upper = self.ranges.first(where: { $0.first > new.first }) else { return minute }
        return upper.watchedSince
    }

    private mutating func forgetLowest(_ effects: inout NumberEffects) {
        for hole in EpochRanges.holes(in: ContiguousArray(self.ranges.prefix(2))) {
            effects.gaps.append((hole.span, .unwatched))
        }
        self.ranges.removeFirst()
        self.ranges[0].watchedSince = nil
        effects.forgotten += 1
    }
}
