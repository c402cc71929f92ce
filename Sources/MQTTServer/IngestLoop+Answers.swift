import CoreMetrics
import NIOCore

extension IngestLoop {
    private static let spareMax = 4

    /// Answers the first batches that wait for nothing any more, and delivers what they published.
    func completeReady() {
        guard !self.isCompleting else { return }
        self.isCompleting = true
        while let first = self.waiting.first, first.isComplete {
            var batch = self.waiting.removeFirst()
            if batch.isFailed { self.fail(&batch) } else { self.complete(&batch) }
        }
        self.deliveries.clear()
        self.isCompleting = false
        self.flushDirty()
    }

    private func complete(_ batch: inout AcknowledgementBatch) {
        if batch.isDurable {
            let latency = self.eventLoop.nonisolated().now - batch.stagedAt
            self.endpoint.metrics.acknowledge.recordNanoseconds(latency.nanoseconds)
        }
        var answersStart = 0
        batch.packetIDs.withUnsafeBufferPointer { packetIDs in
            var start = 0
            for run in batch.runs {
                if run.answersEnd > answersStart || run.packetIDsEnd == start {
                    run.connection.answer(
                        batch.answers[answersStart..<run.answersEnd],
                        messages: run.messages,
                        bytes: run.bytes
                    )
                    answersStart = run.answersEnd
                } else {
                    run.connection.acknowledge(
                        UnsafeBufferPointer(rebasing: packetIDs[start..<run.packetIDsEnd]),
                        messages: run.messages,
                        bytes: run.bytes
                    )
                    start = run.packetIDsEnd
                }
            }
        }
        for turn in batch.turns { self.broker.complete(turn) }
        batch.reset()
        if self.spare.count < IngestLoop.spareMax { self.spare.append(batch) }
    }

    /// Closes the publishers of messages that a log did not take, without an answer.
    func fail(_ batch: inout AcknowledgementBatch) {
        self.endpoint.metrics.unacknowledged.increment(by: batch.messages)
        for run in batch.runs { run.connection.close(.logUnavailable) }
        for turn in batch.turns { self.broker.fail(turn) }
    }

    /// Flushes a connection when all of the batches at hand are answered and delivered.
    func flushLater(_ connection: ConnectionHandler) {
        self.dirty.append(connection)
        guard !self.isCompleting, !self.isFlushScheduled else { return }
        self.isFlushScheduled = true
        self.eventLoop.execute {
            self.isFlushScheduled = false
            self.deliveries.clear()
            self.flushDirty()
        }
    }

    private func flushDirty() {
        while !self.dirty.isEmpty {
            // A flush may make other connections dirty, and come here again.
            var connections = exchange(&self.dirty, with: exchange(&self.dirtySpare, with: []))
            for connection in connections { connection.flushAcknowledgements() }
            connections.removeAll(keepingCapacity: true)
            self.dirtySpare = connections
        }
    }
}
