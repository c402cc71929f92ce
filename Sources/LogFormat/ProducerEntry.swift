/// What the log remembers of one producer in one partition: enough to know a batch that is sent again.
///
/// Source: contracts/kafka.md §5.5.
package struct ProducerEntry: Equatable, Sendable {
    /// One stored batch.
    package struct Mark: Equatable, Sendable {
        /// The producer's number of its first record, 0 to 2³¹ - 1.
        package var firstSequence: Int32
        /// The producer's number of its last record.
        package var lastSequence: Int32
        /// The offset of its first record.
        package var baseOffset: Int64

        /// A batch with these numbers.
        package init(firstSequence: Int32, lastSequence: Int32, baseOffset: Int64) {
            self.firstSequence = firstSequence
            self.lastSequence = lastSequence
            self.baseOffset = baseOffset
        }
    }

    /// What to do with a batch.
    package enum Verdict: Equatable, Sendable {
        /// Store it.
        case next
        /// It is stored already, from this offset on.
        case duplicate(baseOffset: Int64)
        /// Records before it are missing.
        case outOfOrder
        /// A newer producer has taken over its id.
        case staleEpoch
    }

    /// Batches remembered: as many as a client may have in flight.
    package static let marksMax = 5

    /// The producer's epoch.
    package private(set) var epoch: Int16
    /// When its last batch was appended, ms since 1970.
    package private(set) var stamp: Int64
    /// Its last batches, the oldest first, at least one.
    package private(set) var marks: [Mark]

    /// A producer whose batches are known from elsewhere.
    package init(epoch: Int16, stamp: Int64, marks: [Mark]) {
        self.epoch = epoch
        self.stamp = stamp
        self.marks = marks
    }

    /// A producer's first known batch, stored at `baseOffset` and `stamp`; its sequence may be any.
    package init(_ header: RecordBatchHeader, baseOffset: Int64, stamp: Int64) {
        self.init(epoch: header.producerEpoch, stamp: stamp, marks: [Mark(header, baseOffset: baseOffset)])
    }

    /// What to do with the producer's batch `header`.
    package func verdict(on header: RecordBatchHeader) -> Verdict {
        if header.producerEpoch < self.epoch { return .staleEpoch }
        if header.producerEpoch > self.epoch { return header.baseSequence == 0 ? .next : .outOfOrder }
        let sent = Mark(header, baseOffset: 0)
        for mark in self.marks
        where mark.firstSequence == sent.firstSequence && mark.lastSequence == sent.lastSequence {
            return .duplicate(baseOffset: mark.baseOffset)
        }
        guard let last = self.marks.last else { return .next }
        return sent.firstSequence == ProducerEntry.sequence(last.lastSequence, plus: 1) ? .next : .outOfOrder
    }

    /// Takes in a batch that was stored at `baseOffset` and `stamp`.
    package mutating func add(_ header: RecordBatchHeader, baseOffset: Int64, stamp: Int64) {
        if header.producerEpoch != self.epoch {
            self.epoch = header.producerEpoch
            self.marks.removeAll()
        }
        if self.marks.count == ProducerEntry.marksMax { self.marks.removeFirst() }
        self.marks.append(Mark(header, baseOffset: baseOffset))
        self.stamp = max(self.stamp, stamp)
    }

    /// The sequence `count` records after `sequence`: behind 2³¹ - 1 comes 0.
    static func sequence(_ sequence: Int32, plus count: Int32) -> Int32 {
        Int32((Int64(sequence) + Int64(count)) & Int64(Int32.max))
    }
}

extension ProducerEntry.Mark {
    /// The batch `header` at `baseOffset`.
    fileprivate init(_ header: RecordBatchHeader, baseOffset: Int64) {
        self.init(
            firstSequence: header.baseSequence,
            lastSequence: ProducerEntry.sequence(header.baseSequence, plus: header.lastOffsetDelta),
            baseOffset: baseOffset
        )
    }
}
