/// Where the parts of one record lie among its neighbours; ranges are bytes from the start of what was passed.
///
/// Every length is checked against the bytes there are before it is used. Source: contracts/kafka.md §4.
struct RecordLayout {
    /// Length, attributes, two deltas, key, value and header count at one byte each.
    static let sizeMin = 7

    var timestampDelta: Int
    var offsetDelta: Int
    var key: Range<Int>?
    var value: Range<Int>?
    var headerCount: Int
    var headers: Range<Int>
    var end: Int

    /// The record that begins `start` bytes into `bytes`.
    init(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(RecordBatchError) {
        let malformed = RecordBatchError(.malformedRecord, at: start)
        var index = start
        guard let length = Varint.read(bytes, at: &index), length > 0, length <= bytes.count - index else {
            throw malformed
        }
        self.end = index + length
        let record = UnsafeRawBufferPointer(rebasing: bytes[..<self.end])
        index += 1  // attributes: unused, any value is skipped
        guard let timestampDelta = Varint.read(record, at: &index), let offsetDelta = Varint.read(record, at: &index)
        else { throw malformed }
        self.timestampDelta = timestampDelta
        self.offsetDelta = offsetDelta
        guard RecordLayout.field(record, at: &index, into: &self.key),
            RecordLayout.field(record, at: &index, into: &self.value),
            let headerCount = Varint.read(record, at: &index), headerCount >= 0
        else { throw malformed }
        self.headerCount = headerCount
        self.headers = index..<self.end
        for _ in 0..<headerCount {
            guard index < self.end, LogRecordHeaders.header(record, at: &index) != nil else { throw malformed }
        }
        guard index == self.end else { throw malformed }
    }

    /// A nullable field with a varint length, -1 for null; `false` when it runs past the end.
    private static func field(
        _ record: UnsafeRawBufferPointer,
        at index: inout Int,
        into field: inout Range<Int>?
    ) -> Bool {
        guard let length = Varint.read(record, at: &index), length >= -1, length <= record.count - index else {
            return false
        }
        guard length >= 0 else { return true }
        field = index..<(index + length)
        index += length
        return true
    }
}
