/// The fields of one row, quotes removed. Reused from row to row, so that reading a file allocates nothing per row.
package struct CSVRow: Equatable, Sendable {
    /// The line of the file that the row begins on, from 1.
    package internal(set) var line = 0
    private var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    private var ends: [Int] = []

    /// An empty row.
    package init() {}

    /// The number of fields, at least 1 in a row that was read.
    package var count: Int { self.ends.count }

    /// One field's bytes.
    package subscript(field: Int) -> ArraySlice<UInt8> {
        self.bytes[(field == 0 ? 0 : self.ends[field - 1])..<self.ends[field]]
    }

    /// All fields as text, for headers and messages.
    package var texts: [String] { (0..<self.count).map { String(decoding: self[$0], as: UTF8.self) } }

    mutating func removeAll(line: Int) {
        self.line = line
        self.bytes.removeAll(keepingCapacity: true)
        self.ends.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) { self.bytes.append(byte) }

    @inline(__always)
    mutating func endField() { self.ends.append(self.bytes.count) }
}
