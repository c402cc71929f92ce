internal import LogFormat
internal import TelemetryModel

/// The records that will be written and synced together.
///
/// A topic has two: one gathers under the topic's lock while the writer thread has the other.
final class CommitCycle: @unchecked Sendable {  // because one owner at a time uses it: the topic's lock, or the writer
    /// Bytes of emptied buffers kept for the next use.
    private static let idleBytesMax = 8 << 20

    /// Number of the cycle since the topic was opened; a registration compares it to know whether it takes part.
    private(set) var serial: UInt64 = 0
    /// The enqueue time of all records.
    private(set) var stamp = Timestamp(milliseconds: 0)
    private(set) var recordCount = 0
    /// The producers' batches among the batches.
    private(set) var produced: [ProducedBatch] = []
    /// Bytes of the records, without batch headers and frames of the log's own.
    private(set) var recordBytes = 0
    /// Who takes part, with the last ticket of each.
    private(set) var appenders: [(registration: AppenderRegistration, ticket: UInt64)] = []
    /// The batch that grows, per partition.
    private var current: [BatchBuffer?]
    /// Batches that reached the limit, in the order in which they did.
    private var full: [BatchBuffer] = []
    private var idle: [BatchBuffer] = []
    private var stampText: [UInt8] = []

    init(partitionCount: Int) {
        self.current = Array(repeating: nil, count: partitionCount)
    }

    var isEmpty: Bool { self.recordCount == 0 }

    /// Starts gathering; `stamp` is the enqueue time of every record to come.
    func begin(serial: UInt64, stamp: Timestamp) {
        self.serial = serial
        self.stamp = stamp
        self.stampText = stamp.iso8601
    }

    /// Adds all staged records, in order, taking their offsets from `nextOffsets`.
    func append(_ staging: RecordStaging, nextOffsets: inout [Int64], batchBytesMax: Int) {
        self.stampText.withUnsafeBytes { stampText in
            for record in staging.records {
                let body = staging.body(of: record)
                let batch = self.batch(of: record, nextOffset: nextOffsets[record.partition], batchBytesMax)
                let copy = batch.append(body, record.bodyBytes)
                if record.enqueuedTimeDistance >= 0 {
                    (copy + record.enqueuedTimeDistance)
                        .copyMemory(from: stampText.baseAddress.unsafelyUnwrapped, byteCount: stampText.count)
                }
                nextOffsets[record.partition] += 1
            }
        }
        self.recordCount += staging.records.count
        self.recordBytes += staging.bytesUsed
    }

    /// Adds a producer's batch behind everything of its partition, taking its offsets from `nextOffsets`; returns the
    /// bytes that count as waiting for the disk.
    func append(_ produced: ProducerBatch, keepsTimes: Bool, nextOffsets: inout [Int64]) -> Int {
        let partition = produced.partition
        if let growing = self.current[partition] {
            self.full.append(growing)
            self.current[partition] = nil
        }
        let batch = BatchBuffer(produced, baseOffset: nextOffsets[partition], keepsTimes: keepsTimes)
        self.full.append(batch)
        nextOffsets[partition] = batch.nextOffset
        let bytes = batch.count + BatchBuffer.producedOverhead
        self.recordCount += batch.recordCount
        self.recordBytes += bytes
        self.produced.append(
            ProducedBatch(header: produced.header, partition: partition, baseOffset: batch.baseOffset)
        )
        return bytes
    }

    /// Notes that `registration` waits for this cycle with `ticket`.
    func join(_ registration: AppenderRegistration, ticket: UInt64) {
        if registration.cycleSerial == self.serial {
            self.appenders[registration.cycleSlot].ticket = ticket
        } else {
            registration.cycleSerial = self.serial
            registration.cycleSlot = self.appenders.count
            self.appenders.append((registration, ticket))
        }
    }

    /// The batches in the order in which they are written: of one partition always the earlier first.
    var batches: [BatchBuffer] { self.full + self.current.compactMap { $0 } }

    /// Forgets everything and keeps the memory, up to a bound.
    func reset() {
        var idleBytes = self.idle.reduce(0) { $0 + $1.capacity }
        for batch in self.batches
        where !batch.isProduced && idleBytes + batch.capacity <= CommitCycle.idleBytesMax {
            idleBytes += batch.capacity
            self.idle.append(batch)
        }
        self.full.removeAll(keepingCapacity: true)
        for partition in self.current.indices { self.current[partition] = nil }
        self.appenders.removeAll(keepingCapacity: true)
        self.recordCount = 0
        self.recordBytes = 0
        self.produced.removeAll()
    }

    private func batch(of record: StagedRecord, nextOffset: Int64, _ batchBytesMax: Int) -> BatchBuffer {
        if let batch = self.current[record.partition] {
            if batch.batchBytes(adding: record.bodyBytes) <= batchBytesMax { return batch }
            self.full.append(batch)
        }
        let batch = self.idle.popLast() ?? BatchBuffer()
        batch.begin(partition: record.partition, baseOffset: nextOffset)
        self.current[record.partition] = batch
        return batch
    }
}
