internal import LogFormat
internal import TelemetryModel

/// Producers' batches that were handed in together, and who waits for them.
struct ProduceRequest: Sendable {
    var batches: [ProducerBatch]
    var answer: @Sendable ([ProduceOutcome]) -> Void

    /// Whether a batch of it can only be judged with the producers' past at hand.
    var isNumbered: Bool { self.batches.contains { $0.header.producerID >= 0 } }

    /// An answer that says the same of every batch.
    func refused(_ refusal: ProduceRefusal) -> ProduceAnswer {
        ProduceAnswer(outcomes: self.batches.map { _ in .refused(refusal) }, answer: self.answer)
    }
}

/// What to tell the owner of a request.
struct ProduceAnswer: Sendable {
    var outcomes: [ProduceOutcome]
    var answer: @Sendable ([ProduceOutcome]) -> Void

    func send() { self.answer(self.outcomes) }
}

/// A request that was taken and waits for a sync.
struct PendingProduce: Sendable {
    /// The cycle that covers all of it.
    var serial: UInt64
    /// Each batch's outcome when that cycle is synced, and whether it depends on it.
    var outcomes: [(outcome: ProduceOutcome, isPending: Bool)]
    var answer: @Sendable ([ProduceOutcome]) -> Void

    var synced: ProduceAnswer { ProduceAnswer(outcomes: self.outcomes.map(\.outcome), answer: self.answer) }

    /// What is left of it when that cycle fails.
    func failed(_ refusal: ProduceRefusal) -> ProduceAnswer {
        ProduceAnswer(
            outcomes: self.outcomes.map { $0.isPending ? .refused(refusal) : $0.outcome },
            answer: self.answer
        )
    }
}

/// A producer's batch in a cycle, with the header as it was sent.
struct ProducedBatch: Sendable {
    var header: RecordBatchHeader
    var partition: Int
    var baseOffset: Int64
}

/// What a topic knows of its producers; under the topic's lock.
struct ProduceState {
    /// What is synced; `nil` until the log has been read back for it.
    var synced: ProducerTable?
    /// What is in a cycle and not synced: the producer as it will be, and the cycle of its last batch.
    var staged: [ProducerTable.Key: (entry: ProducerEntry, serial: UInt64)] = [:]
    /// Taken, waiting for a sync.
    var pending: [PendingProduce] = []
    /// Not taken yet for want of room, or of the producers' past; first in, first out.
    var held: [ProduceRequest] = []
    /// Reads the log back for ``synced``.
    var loader: WriterThread?
    /// Segments whose snapshot files are there, the oldest first.
    var snapshots: [UInt64] = []
    /// The last segment that needs no snapshot: it has one, or the topic was opened in it.
    var snapshotSegment: UInt64 = 0

    /// Whether a commit in `segment` has left behind a segment without a snapshot.
    func needsSnapshot(in segment: UInt64) -> Bool { self.synced != nil && self.snapshotSegment < segment }

    /// What to do with a batch, and the cycle on which a duplicate's original depends.
    func verdict(on batch: ProducerBatch) -> (verdict: ProducerEntry.Verdict, serial: UInt64?) {
        guard batch.header.producerID >= 0 else { return (.next, nil) }
        let key = ProducerTable.Key(producerID: batch.header.producerID, partition: batch.partition)
        let known = self.synced?[key]?.verdict(on: batch.header) ?? .next
        guard let staged = self.staged[key] else { return (known, nil) }
        let verdict = staged.entry.verdict(on: batch.header)
        return (verdict, verdict == known ? nil : staged.serial)
    }

    /// Notes a batch that goes into cycle `serial`.
    mutating func stage(_ batch: ProducerBatch, baseOffset: Int64, stamp: Timestamp, serial: UInt64) {
        guard batch.header.producerID >= 0 else { return }
        let key = ProducerTable.Key(producerID: batch.header.producerID, partition: batch.partition)
        if var entry = self.staged[key]?.entry ?? self.synced?[key] {
            entry.add(batch.header, baseOffset: baseOffset, stamp: stamp.milliseconds)
            self.staged[key] = (entry, serial)
        } else {
            let entry = ProducerEntry(batch.header, baseOffset: baseOffset, stamp: stamp.milliseconds)
            self.staged[key] = (entry, serial)
        }
    }

    /// Takes in that cycle `serial` is synced; returns who is to be told.
    mutating func commit(_ produced: [ProducedBatch], serial: UInt64, stamp: Timestamp) -> [ProduceAnswer] {
        for batch in produced where batch.header.producerID >= 0 {
            self.synced?.add(
                batch.header,
                partition: batch.partition,
                baseOffset: batch.baseOffset,
                stamp: stamp.milliseconds
            )
            let key = ProducerTable.Key(producerID: batch.header.producerID, partition: batch.partition)
            if let staged = self.staged[key], staged.serial <= serial { self.staged[key] = nil }
        }
        if self.pending.isEmpty { return [] }
        let answers = self.pending.filter { $0.serial <= serial }.map(\.synced)
        self.pending.removeAll { $0.serial <= serial }
        return answers
    }

    /// Forgets what is not synced; returns who is to be told that it never will be.
    mutating func fail(_ refusal: ProduceRefusal) -> [ProduceAnswer] {
        defer {
            self.staged.removeAll()
            self.pending.removeAll()
            self.held.removeAll()
        }
        return self.pending.map { $0.failed(refusal) } + self.held.map { $0.refused(refusal) }
    }
}
