import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import Synchronization

/// Collects the answers to produced batches and lets a test wait for them.
final class Answers: Sendable {
    private let all = Mutex<[[ProduceOutcome]]>([])
    private let signal = AsyncStream.makeStream(of: [ProduceOutcome].self)

    var callback: @Sendable ([ProduceOutcome]) -> Void {
        { outcomes in
            self.all.withLock { $0.append(outcomes) }
            self.signal.continuation.yield(outcomes)
        }
    }

    /// All so far, in order.
    var received: [[ProduceOutcome]] { self.all.withLock { $0 } }

    /// The next answer that no wait has returned yet. One waiter at a time.
    func next() async -> [ProduceOutcome] {
        var iterator = self.signal.stream.makeAsyncIterator()
        return await iterator.next() ?? []
    }
}

/// The one batch in `fixture`, checked for a partition.
func checked(_ fixture: BatchFixture, partition: Int = 0) throws -> ProducerBatch {
    try ProducerBatch.check(ByteBuffer(bytes: fixture.bytes()), partition: partition, sizeMax: 16 << 20)
}

extension LogTopic {
    /// Produces one batch and waits for its outcome.
    func produce(_ fixture: BatchFixture, partition: Int = 0) async throws -> ProduceOutcome {
        let batch = try checked(fixture, partition: partition)
        let outcomes = await withCheckedContinuation { continuation in
            self.produce([batch]) { continuation.resume(returning: $0) }
        }
        guard outcomes.count == 1 else { throw UnexpectedOutcomes(outcomes: outcomes) }
        return outcomes[0]
    }

    /// The records of a partition from an offset to the end, read as a consumer does: piece by piece.
    func consume(_ partition: Int, from offset: Int64? = nil, maxBytes: Int = 4_096) throws -> [SeenRecord] {
        var next = offset ?? self.startOffsets[partition]
        var seen: [SeenRecord] = []
        while true {
            let read = try self.readPartition(partition, from: next, maxBytes: maxBytes, isFirstWhole: true)
            for batch in try wholeBatches(read.batches) {
                var records = try RecordBatchReader(batch)
                for record in try records.remaining() where record.offset >= next {
                    seen.append(
                        SeenRecord(partition: partition, offset: record.offset, value: String(buffer: record.value))
                    )
                }
            }
            if read.batches.readableBytes == 0 { return seen }
            next = read.nextOffset
        }
    }
}

struct UnexpectedOutcomes: Error {
    var outcomes: [ProduceOutcome]
}

/// Batches that stand one after the other, by their lengths.
func wholeBatches(_ bytes: ByteBuffer) throws -> [ByteBuffer] {
    var bytes = bytes
    var batches: [ByteBuffer] = []
    while bytes.readableBytes > 0 {
        let header = try bytes.withUnsafeReadableBytes { raw throws(RecordBatchError) in
            try RecordBatchHeader(reading: raw)
        }
        guard let batch = bytes.readSlice(length: header.size) else {
            throw RecordBatchError(.truncated, at: bytes.readerIndex)
        }
        batches.append(batch)
    }
    return batches
}
