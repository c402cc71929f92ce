package import LogFormat

/// A RecordBatch as a producer sends it, built field by field.
package struct BatchFixture: Sendable {
    /// The records' values.
    package var values: [String]
    /// The key of each; `nil` for none.
    package var key: String?
    /// Milliseconds that each record is behind the one before.
    package var timeStep: Int
    /// Codec and the other bits.
    package var attributes: Int16
    /// -1: none.
    package var producerID: Int64
    /// -1: none.
    package var producerEpoch: Int16
    /// -1: none.
    package var baseSequence: Int32
    /// The first record's time, ms since 1970.
    package var baseTimestamp: Int64
    /// Stands for the records when given.
    package var records: [UInt8]?

    /// A batch of these parts.
    package init(
        values: [String] = ["v"],
        key: String? = nil,
        timeStep: Int = 0,
        attributes: Int16 = 0,
        producerID: Int64 = -1,
        producerEpoch: Int16 = -1,
        baseSequence: Int32 = -1,
        baseTimestamp: Int64 = 1_795_000_000_000,
        records: [UInt8]? = nil
    ) {
        self.values = values
        self.key = key
        self.timeStep = timeStep
        self.attributes = attributes
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
        self.baseTimestamp = baseTimestamp
        self.records = records
    }

    /// The header, with offset 0.
    package var header: RecordBatchHeader {
        var header = RecordBatchHeader(
            baseOffset: 0,
            size: RecordBatchHeader.size + self.recordBytes.count,
            recordCount: self.values.count,
            stamp: self.baseTimestamp
        )
        header.attributes = self.attributes
        header.maxTimestamp = self.baseTimestamp + Int64(max(0, self.timeStep * (self.values.count - 1)))
        header.producerID = self.producerID
        header.producerEpoch = self.producerEpoch
        header.baseSequence = self.baseSequence
        return header
    }

    /// The records as they stand behind the header.
    package var recordBytes: [UInt8] {
        if let records = self.records { return records }
        var bytes: [UInt8] = []
        for (number, value) in self.values.enumerated() {
            var body: [UInt8] = [0]
            Varint.append(number * self.timeStep, to: &body)
            Varint.append(number, to: &body)
            Varint.append(self.key?.utf8.count ?? -1, to: &body)
            body += Array((self.key ?? "").utf8)
            Varint.append(value.utf8.count, to: &body)
            body += Array(value.utf8)
            Varint.append(0, to: &body)
            Varint.append(body.count, to: &bytes)
            bytes += body
        }
        return bytes
    }

    /// Header and records, with a right CRC unless `header` says otherwise.
    package func bytes(header: RecordBatchHeader? = nil) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: RecordBatchHeader.size) + self.recordBytes
        bytes.withUnsafeMutableBytes { (header ?? self.header).write(to: $0) }
        return bytes
    }

    /// The batch as the frame and bytes of a segment.
    package func stored(partition: Int, baseOffset: Int64, cycle: UInt16 = 1, salt: UInt32 = 7) -> [UInt8] {
        var header = self.header
        header.baseOffset = baseOffset
        let batch = self.bytes(header: header)
        var stored = [UInt8](repeating: 0, count: StoredFrame.size) + batch
        stored.withUnsafeMutableBytes {
            StoredFrame(
                partition: partition,
                cycle: cycle,
                isLastOfCycle: true,
                batchBytes: batch.count,
                baseOffset: baseOffset
            )
            .write(to: $0, salt: salt)
        }
        return stored
    }
}

/// `batch` with other bytes at a place, and the CRC made right again.
package func changed(_ batch: [UInt8], at index: Int, to bytes: [UInt8]) -> [UInt8] {
    var batch = batch
    batch.replaceSubrange(index..<(index + bytes.count), with: bytes)
    let crc = CRC32C.checksum(Array(batch[21...]))
    withUnsafeBytes(of: crc.bigEndian) { batch.replaceSubrange(17..<21, with: $0) }
    return batch
}
