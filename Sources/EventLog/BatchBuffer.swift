internal import LogFormat

/// Memory in which one stored batch grows: room for frame and header, then the records.
///
/// Used again from cycle to cycle, so a steady stream of records allocates nothing.
final class BatchBuffer {
    /// Bytes before the first record.
    static let recordsFrom = StoredFrame.stride
    private static let capacityInitial = 16 << 10

    private(set) var partition = 0
    private(set) var baseOffset: Int64 = 0
    private(set) var recordCount = 0
    /// Bytes in use, frame and header included.
    private(set) var count = BatchBuffer.recordsFrom
    private(set) var capacity = BatchBuffer.capacityInitial
    private var base = UnsafeMutableRawPointer.allocate(byteCount: BatchBuffer.capacityInitial, alignment: 16)

    deinit { self.base.deallocate() }

    /// Empties the buffer for a batch of `partition` that begins at `baseOffset`.
    func begin(partition: Int, baseOffset: Int64) {
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
        let stored = UnsafeMutableRawBufferPointer(start: self.base, count: self.count)
        let batchBytes = self.count - StoredFrame.size
        RecordBatchHeader(baseOffset: self.baseOffset, size: batchBytes, recordCount: self.recordCount, stamp: stamp)
            .write(to: UnsafeMutableRawBufferPointer(rebasing: stored[StoredFrame.size...]))
        StoredFrame(
            partition: self.partition,
            cycle: cycle,
            isLastOfCycle: isLastOfCycle,
            batchBytes: batchBytes,
            baseOffset: self.baseOffset
        )
        .write(to: stored, salt: salt)
    }

    /// Frame and batch; valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: self.base, count: self.count) }

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
