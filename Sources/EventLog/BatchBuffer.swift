internal import LogFormat

/// Memory in which one stored batch grows: room for frame and header, then the records. Used again from cycle to cycle,
/// so a steady stream of records allocates nothing.
///
/// A producer's batch is one, too: its records stay in the bytes they were received in, and the memory holds only frame
/// and header.
final class BatchBuffer {
    /// Bytes before the first record.
    static let recordsFrom = StoredFrame.stride
    private static let capacityInitial = 16 << 10
    /// Bytes that a producer's batch costs besides its own.
    static let producedOverhead = 256

    private(set) var partition = 0
    private(set) var baseOffset: Int64 = 0
    private(set) var recordCount = 0
    /// Bytes in use, frame and header included.
    private(set) var count = BatchBuffer.recordsFrom
    private(set) var capacity: Int
    private var base: UnsafeMutableRawPointer
    private let produced: ProducedRecords?

    /// A buffer for records that are appended.
    init() {
        self.capacity = BatchBuffer.capacityInitial
        self.base = .allocate(byteCount: self.capacity, alignment: 16)
        self.produced = nil
    }

    /// A producer's batch with a place in the log.
    ///
    /// - Parameters:
    ///   - batch: The batch as it was checked.
    ///   - baseOffset: The offset of its first record.
    ///   - keepsTimes: Whether its records keep their own times.
    init(_ batch: ProducerBatch, baseOffset: Int64, keepsTimes: Bool) {
        self.capacity = BatchBuffer.recordsFrom
        self.base = .allocate(byteCount: self.capacity, alignment: 16)
        self.produced = ProducedRecords(batch, keepsTimes: keepsTimes)
        self.partition = batch.partition
        self.baseOffset = baseOffset
        self.recordCount = Int(batch.header.recordCount)
        self.count = StoredFrame.size + batch.header.size
    }

    deinit { self.base.deallocate() }

    /// Whether it is a producer's, and not of the log's own.
    var isProduced: Bool { self.produced != nil }

    /// Empties the buffer for a batch of `partition` that begins at `baseOffset`.
    func begin(partition: Int, baseOffset: Int64) {
        precondition(self.produced == nil, "a producer's batch is used once")
        self.partition = partition
        self.baseOffset = baseOffset
        self.recordCount = 0
        self.count = BatchBuffer.recordsFrom
    }

    /// Bytes of the batch with one more record of `bodyBytes`, frame not counted.
    func batchBytes(adding bodyBytes: Int) -> Int {
        self.count - StoredFrame.size + BatchBuffer.storedBytes(bodyBytes, offsetDelta: self.recordCount)
    }

    /// Bytes of a record on disk: its length, attributes, the two deltas and the body.
    private static func storedBytes(_ bodyBytes: Int, offsetDelta: Int) -> Int {
        let length = 2 + Varint.size(of: offsetDelta) + bodyBytes
        return Varint.size(of: length) + length
    }

    /// Adds a record whose body (key, value and headers) lies at `body`, and returns where its copy lies.
    func append(_ body: UnsafeRawPointer, _ bodyBytes: Int) -> UnsafeMutableRawPointer {
        let length = 2 + Varint.size(of: self.recordCount) + bodyBytes
        let needed = self.count + Varint.size(of: length) + length
        if needed > self.capacity { self.grow(to: needed) }
        var target = self.base + self.count
        target += Varint.write(length, to: target)
        target.storeBytes(of: 0, as: UInt16.self)  // attributes and timestamp delta
        target += 2
        target += Varint.write(self.recordCount, to: target)
        target.copyMemory(from: body, byteCount: bodyBytes)
        self.count = needed
        self.recordCount += 1
        return target
    }

    /// Writes batch header, CRC and frame over the room left for them.
    func seal(stamp: Int64, cycle: UInt16, isLastOfCycle: Bool, salt: UInt32) {
        let batchBytes = self.count - StoredFrame.size
        let front = UnsafeMutableRawBufferPointer(start: self.base, count: BatchBuffer.recordsFrom)
        let header = UnsafeMutableRawBufferPointer(rebasing: front[StoredFrame.size...])
        if let produced = self.produced {
            let (sealed, crc) = produced.sealed(baseOffset: self.baseOffset, stamp: stamp)
            sealed.write(front: header, records: produced.records, crc: crc)
        } else {
            let records = UnsafeRawBufferPointer(
                start: self.base + BatchBuffer.recordsFrom,
                count: self.count - BatchBuffer.recordsFrom
            )
            RecordBatchHeader(
                baseOffset: self.baseOffset,
                size: batchBytes,
                recordCount: self.recordCount,
                stamp: stamp
            )
            .write(front: header, records: records)
        }
        StoredFrame(
            partition: self.partition,
            cycle: cycle,
            isLastOfCycle: isLastOfCycle,
            batchBytes: batchBytes,
            baseOffset: self.baseOffset
        )
        .write(to: front, salt: salt)
    }

    /// Adds frame and batch to what is written together; valid until the next change.
    func appendPieces(to pieces: inout [UnsafeRawBufferPointer]) {
        if let produced = self.produced {
            pieces.append(UnsafeRawBufferPointer(start: self.base, count: BatchBuffer.recordsFrom))
            pieces.append(produced.records)
        } else {
            pieces.append(UnsafeRawBufferPointer(start: self.base, count: self.count))
        }
    }

    /// Offset of the record after the last.
    var nextOffset: Int64 { self.baseOffset + Int64(self.recordCount) }

    private func grow(to needed: Int) {
        let capacity = max(needed, self.capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: self.base, byteCount: self.count)
        self.base.deallocate()
        self.base = larger
        self.capacity = capacity
    }
}
