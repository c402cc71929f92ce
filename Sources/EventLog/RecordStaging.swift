internal import LogFormat

/// A record in a staging buffer: where its body lies and where it goes.
struct StagedRecord {
    /// Bytes from the buffer's start.
    var start: Int
    /// Bytes of key, value and headers as stored.
    var bodyBytes: Int
    /// Bytes from the body's start to the 24 of the enqueue time; -1 without one.
    var enqueuedTimeDistance: Int
    var partition: Int
}

/// Record bodies one after the other in one piece of memory that is used again after each submit.
final class RecordStaging {
    private static let capacityInitial = 16 << 10
    /// Memory above this is given back when the buffer is emptied.
    private static let capacityKept = 1 << 20

    private(set) var records: [StagedRecord] = []
    private(set) var bytesUsed = 0
    private var capacity = RecordStaging.capacityInitial
    private var base = UnsafeMutableRawPointer.allocate(byteCount: RecordStaging.capacityInitial, alignment: 16)

    deinit { self.base.deallocate() }

    /// Encodes a record's body: key length, key, value length, value, header count, headers.
    ///
    /// Returns the body's bytes. Over ``StoredFrame/recordBytesMax`` nothing is staged.
    func stage(_ template: RecordTemplate, value: UnsafeRawBufferPointer, properties: EncodedHeaders) -> Int {
        let headerCount = template.headerCount + properties.count
        let valueStart = template.keyBytes + Varint.size(of: value.count)
        let headersStart = valueStart + value.count + Varint.size(of: headerCount)
        let propertiesStart = headersStart + template.encoded.count - template.keyBytes
        let bodyBytes = propertiesStart + properties.bytes.count
        guard bodyBytes <= StoredFrame.recordBytesMax else { return bodyBytes }
        if self.capacity - self.bytesUsed < bodyBytes { self.grow(to: self.bytesUsed + bodyBytes) }

        let body = self.base + self.bytesUsed
        template.encoded.withUnsafeBytes { encoded in
            guard let source = encoded.baseAddress else { return }
            body.copyMemory(from: source, byteCount: template.keyBytes)
            (body + headersStart)
                .copyMemory(from: source + template.keyBytes, byteCount: encoded.count - template.keyBytes)
        }
        _ = Varint.write(value.count, to: body + template.keyBytes)
        if let source = value.baseAddress {
            (body + valueStart).copyMemory(from: source, byteCount: value.count)
        }
        _ = Varint.write(headerCount, to: body + valueStart + value.count)
        properties.bytes.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress {
                (body + propertiesStart).copyMemory(from: source, byteCount: bytes.count)
            }
        }
        self.records.append(
            StagedRecord(
                start: self.bytesUsed,
                bodyBytes: bodyBytes,
                enqueuedTimeDistance: template.enqueuedTimeDistance.map { headersStart + $0 } ?? -1,
                partition: template.partition
            )
        )
        self.bytesUsed += bodyBytes
        return bodyBytes
    }

    /// Where a record's body lies; valid until the next change.
    func body(of record: StagedRecord) -> UnsafeRawPointer { UnsafeRawPointer(self.base + record.start) }

    func removeAll() {
        self.records.removeAll(keepingCapacity: true)
        self.bytesUsed = 0
        guard self.capacity > RecordStaging.capacityKept else { return }
        self.base.deallocate()
        self.capacity = RecordStaging.capacityInitial
        self.base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
    }

    private func grow(to needed: Int) {
        let capacity = max(needed, self.capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: self.base, byteCount: self.bytesUsed)
        self.base.deallocate()
        self.base = larger
        self.capacity = capacity
    }
}
