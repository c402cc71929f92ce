package import NIOCore

/// The headers of a stored record, in order, read from its bytes when iterated.
///
/// Their lengths were checked when the record was read, so iterating cannot fail.
package struct LogRecordHeaders: Equatable, Sendable, Sequence {
    /// One header: a name and a value, `nil` when null.
    package struct Element: Equatable, Sendable {
        /// The name; bytes that are not UTF-8 are repaired.
        package var name: String
        /// The value's bytes.
        package var value: ByteBuffer?
    }

    /// Headers in all.
    package let count: Int
    private let bytes: ByteBuffer

    /// Headers in `bytes`, whose `count` and lengths the caller has checked.
    init(count: Int, bytes: ByteBuffer) {
        self.count = count
        self.bytes = bytes
    }

    /// The value of the first header called `name`; compares bytes, makes no `String`. Cost: the headers before it.
    package func first(named name: String) -> ByteBuffer? {
        var iterator = Iterator(bytes: self.bytes, left: self.count)
        while let (nameRange, valueRange) = iterator.nextRanges() {
            let isSame = self.bytes.withUnsafeReadableBytes { $0[nameRange].elementsEqual(name.utf8) }
            if isSame { return valueRange.flatMap { iterator.slice($0) } }
        }
        return nil
    }

    package func makeIterator() -> Iterator { Iterator(bytes: self.bytes, left: self.count) }

    package var underestimatedCount: Int { self.count }

    /// Walks the headers of one record.
    package struct Iterator: IteratorProtocol {
        private let bytes: ByteBuffer
        private var left: Int
        private var index = 0

        fileprivate init(bytes: ByteBuffer, left: Int) {
            self.bytes = bytes
            self.left = left
        }

        package mutating func next() -> Element? {
            guard let (nameRange, valueRange) = self.nextRanges() else { return nil }
            let name = self.bytes.withUnsafeReadableBytes { String(decoding: $0[nameRange], as: UTF8.self) }
            return Element(name: name, value: valueRange.flatMap { self.slice($0) })
        }

        fileprivate func slice(_ range: Range<Int>) -> ByteBuffer? {
            self.bytes.getSlice(at: self.bytes.readerIndex + range.lowerBound, length: range.count)
        }

        fileprivate mutating func nextRanges() -> (name: Range<Int>, value: Range<Int>?)? {
            guard self.left > 0 else { return nil }
            self.left -= 1
            var index = self.index
            let ranges = self.bytes.withUnsafeReadableBytes { LogRecordHeaders.header($0, at: &index) }
            self.index = index
            return ranges
        }
    }

    /// The ranges of the header at `index`, which moves behind it; `nil` when it runs past the end or has no name.
    static func header(_ bytes: UnsafeRawBufferPointer, at index: inout Int) -> (name: Range<Int>, value: Range<Int>?)?
    {
        guard let nameLength = Varint.read(bytes, at: &index), nameLength >= 0, nameLength <= bytes.count - index else {
            return nil
        }
        let name = index..<(index + nameLength)
        index += nameLength
        guard let valueLength = Varint.read(bytes, at: &index), valueLength >= -1, valueLength <= bytes.count - index
        else { return nil }
        if valueLength == -1 { return (name, nil) }
        let value = index..<(index + valueLength)
        index += valueLength
        return (name, value)
    }
}
