/// What is known of the readings of one device: which numbers came, which are told as missing, and since when the rest
/// is waited for.
///
/// - At most ``epochsMax`` epochs; a further one takes the place of the lowest other.
/// - At most ``rangesMax`` ranges an epoch; beyond it the lowest is forgotten. What is forgotten can only let a repeat
///   through: a number counts as received only when it was.
/// - Watched are numbers between others of their epoch. What is below the first one that came, or was forgotten, is not.
/// - One range in one epoch, what most devices have, needs no memory of its own.
package struct ReceivedRanges: Sendable {
    /// Epochs of a device that are kept.
    package static let epochsMax = 4
    /// Ranges of an epoch, received or told as missing.
    package static let rangesMax = 32
    private static let arrayOverhead = 32

    /// The only range, or none; not used while ``many`` has some.
    private var single = NumberRange.none
    /// Two ranges or more, by epoch and number.
    private var many: ContiguousArray<NumberRange> = []

    /// Nothing came.
    package init() {}

    /// Whether nothing is known.
    package var isEmpty: Bool { self.many.isEmpty && self.single.isNone }

    /// Bytes on the heap.
    package var heapBytes: Int {
        self.many.isEmpty
            ? 0 : ReceivedRanges.arrayOverhead + self.many.capacity * MemoryLayout<NumberRange>.stride
    }

    /// All ranges, by epoch and number.
    var ranges: ContiguousArray<NumberRange> {
        self.many.isEmpty ? (self.single.isNone ? [] : [self.single]) : self.many
    }

    /// Takes ranges as they were stored; `nil` when no device can have them.
    init?(_ ranges: ContiguousArray<NumberRange>) {
        var epochs = 0
        var ofEpoch = 0
        for (index, range) in ranges.enumerated() {
            if index > 0, ranges[index - 1].epoch == range.epoch {
                guard ranges[index - 1].last < range.first else { return nil }
                ofEpoch += 1
            } else {
                guard index == 0 || ranges[index - 1].epoch < range.epoch else { return nil }
                epochs += 1
                ofEpoch = 1
            }
            guard !range.isNone, epochs <= ReceivedRanges.epochsMax, ofEpoch <= ReceivedRanges.rangesMax else {
                return nil
            }
        }
        self.keep(ranges)
    }

    /// Whether every one of the readings came.
    package func contains(_ span: ReadingSpan) -> Bool {
        if self.many.isEmpty { return self.single.holds(span) }
        var index = self.many.count
        while index > 0 {
            index -= 1
            if self.many[index].holds(span) { return true }
        }
        return false
    }

    /// Readings came.
    ///
    /// - Parameters:
    ///   - span: which.
    ///   - minute: now, in minutes since 1970: from when on what is missing below them is waited for.
    ///   - effects: gets what was forgotten.
    /// - Returns: whether holes may have come or gone.
    @discardableResult
    package mutating func insert(_ span: ReadingSpan, atMinute minute: UInt32, effects: inout NumberEffects) -> Bool {
        if self.many.isEmpty {
            if self.single.extend(by: span) { return false }
            if self.single.isNone {
                self.single = NumberRange(span)
                return false
            }
        } else if self.extend(by: span) {
            return false
        }
        self.change(epoch: span.epoch, effects: &effects) { ranges, effects in
            ranges.receive(span, atMinute: minute, effects: &effects)
        }
        return true
    }

    /// Appends to a range what follows it and touches no other: readings in order, live or from a backlog.
    private mutating func extend(by span: ReadingSpan) -> Bool {
        var index = self.many.count
        while index > 0 {
            index -= 1
            guard self.many[index].epoch == span.epoch, self.many[index].first <= span.first else { continue }
            let above = index + 1 < self.many.count ? self.many[index + 1] : .none
            guard above.isNone || above.epoch != span.epoch || span.last + 1 < above.first else { return false }
            return self.many[index].extend(by: span)
        }
        return false
    }

    /// The device gave readings up: those of them that did not come are told as missing, each once.
    package mutating func drop(_ span: ReadingSpan, atMinute minute: UInt32, effects: inout NumberEffects) {
        self.change(epoch: span.epoch, effects: &effects) { ranges, effects in
            for hole in ranges.missing(of: span) {
                effects.gaps.append((hole, .dropped))
                ranges.tell(hole, atMinute: minute, effects: &effects)
            }
        }
    }

    /// Tells what is waited for since `minute` or longer as missing.
    package mutating func expire(noticedBy minute: UInt32, effects: inout NumberEffects) {
        for hole in self.holes where hole.since <= minute {
            effects.gaps.append((hole.span, .missing))
            self.change(epoch: hole.span.epoch, effects: &effects) { ranges, effects in
                ranges.tell(hole.span, atMinute: minute, effects: &effects)
            }
        }
    }

    /// Whether something is waited for.
    package var hasHoles: Bool { self.hasHoles(noticedBy: .max) }

    /// Whether something is waited for since `minute` or longer. Makes no list: it is asked of every device.
    package func hasHoles(noticedBy minute: UInt32) -> Bool {
        var index = 1
        while index < self.many.count {
            if self.many[index - 1].epoch == self.many[index].epoch,
                self.many[index - 1].last + 1 < self.many[index].first,
                let since = self.many[index].watchedSince, since <= minute
            {
                return true
            }
            index += 1
        }
        return false
    }

    /// What is waited for, and since which minute.
    package var holes: [(span: ReadingSpan, since: UInt32)] {
        EpochRanges.holes(in: self.ranges)
    }

    /// Takes the ranges of one epoch out, lets `body` change them, and puts them back.
    private mutating func change(
        epoch: UInt32,
        effects: inout NumberEffects,
        _ body: (inout EpochRanges, inout NumberEffects) -> Void
    ) {
        var ranges = self.ranges
        var group = EpochRanges(epoch: epoch, ranges: ContiguousArray(ranges.filter { $0.epoch == epoch }))
        let isNew = group.ranges.isEmpty
        ranges.removeAll { $0.epoch == epoch }
        body(&group, &effects)
        if isNew, !group.ranges.isEmpty { ReceivedRanges.makeRoom(in: &ranges, effects: &effects) }
        let position = ranges.firstIndex { $0.epoch > epoch } ?? ranges.count
        ranges.insert(contentsOf: group.ranges, at: position)
        self.keep(ranges)
    }

    /// Forgets the lowest epoch when there are as many as may be.
    private static func makeRoom(in ranges: inout ContiguousArray<NumberRange>, effects: inout NumberEffects) {
        guard let lowest = ranges.first?.epoch, Set(ranges.map(\.epoch)).count >= ReceivedRanges.epochsMax else {
            return
        }
        let forgotten = ContiguousArray(ranges.filter { $0.epoch == lowest })
        for hole in EpochRanges.holes(in: forgotten) { effects.gaps.append((hole.span, .unwatched)) }
        effects.forgotten += forgotten.count
        ranges.removeAll { $0.epoch == lowest }
    }

    private mutating func keep(_ ranges: ContiguousArray<NumberRange>) {
        if ranges.count <= 1 {
            self.single = ranges.first ?? .none
            self.many = []
        } else {
            self.many = ranges
        }
    }
}

extension ReceivedRanges: Equatable {
    package static func == (one: ReceivedRanges, other: ReceivedRanges) -> Bool { one.ranges == other.ranges }
}
