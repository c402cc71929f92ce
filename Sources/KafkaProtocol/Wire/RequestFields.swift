package import NIOCore

/// A cursor over a request; every read checks the end and says where it failed.
///
/// Nothing is allocated for a count or a length before it was compared with the bytes left, and all arrays of a request
/// together hold at most ``elementsMax`` elements: so reading takes at most a small multiple of the frame's size.
package struct RequestFields {
    /// Elements of all arrays of one request.
    package static let elementsMax = 100_000

    private var buffer: ByteBuffer
    private let start: Int
    private var elementsLeft = RequestFields.elementsMax

    /// A cursor at the start of `buffer`'s readable bytes.
    package init(_ buffer: ByteBuffer) {
        self.buffer = buffer
        self.start = buffer.readerIndex
    }

    /// Bytes from the start to the next field.
    var offset: Int { self.buffer.readerIndex - self.start }

    /// What was not read.
    var rest: ByteBuffer { self.buffer }

    func fault(_ code: KafkaWireError.Code) -> KafkaWireError {
        KafkaWireError(code, at: self.offset)
    }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(KafkaWireError) -> Value {
        guard let value = self.buffer.readInteger(as: type) else { throw self.fault(.truncated) }
        return value
    }

    mutating func boolean() throws(KafkaWireError) -> Bool {
        try self.integer(UInt8.self) != 0
    }

    mutating func string() throws(KafkaWireError) -> String {
        let start = self.offset
        guard let text = try self.nullableString() else { throw KafkaWireError(.negativeLength(-1), at: start) }
        return text
    }

    /// int16 length, -1 = null.
    mutating func nullableString() throws(KafkaWireError) -> String? {
        guard let length = try self.length(Int16.self) else { return nil }
        return try self.text(length: length)
    }

    /// uvarint length + 1; 0, null, is refused.
    mutating func compactString() throws(KafkaWireError) -> String {
        let start = self.offset
        let length = try self.varint() - 1
        guard length >= 0 else { throw KafkaWireError(.negativeLength(length), at: start) }
        return try self.text(length: length)
    }

    /// A slice: it keeps the whole frame alive.
    mutating func bytes() throws(KafkaWireError) -> ByteBuffer {
        let start = self.offset
        guard let bytes = try self.nullableBytes() else { throw KafkaWireError(.negativeLength(-1), at: start) }
        return bytes
    }

    /// int32 length, -1 = null. A slice: it keeps the whole frame alive.
    mutating func nullableBytes() throws(KafkaWireError) -> ByteBuffer? {
        guard let length = try self.length(Int32.self) else { return nil }
        guard let bytes = self.buffer.readSlice(length: length) else { throw self.fault(.truncated) }
        return bytes
    }

    /// Bytes of their own, for what is kept longer than the request.
    mutating func copiedBytes() throws(KafkaWireError) -> ByteBuffer {
        ByteBuffer(bytes: try self.bytes().readableBytesView)
    }

    mutating func array<Element: RequestElement>(_ version: Int16) throws(KafkaWireError) -> [Element] {
        let start = self.offset
        guard let elements: [Element] = try self.nullableArray(version) else {
            throw KafkaWireError(.negativeLength(-1), at: start)
        }
        return elements
    }

    /// int32 count, -1 = null.
    mutating func nullableArray<Element: RequestElement>(_ version: Int16) throws(KafkaWireError) -> [Element]? {
        let start = self.offset
        guard let count = try self.length(Int32.self) else { return nil }
        let bytes = self.buffer.readableBytes
        guard count <= bytes / Element.bytesMin else {
            throw KafkaWireError(.countOverBytesLeft(count: count, bytes: bytes), at: start)
        }
        guard count <= self.elementsLeft else {
            throw KafkaWireError(.tooManyElements(limit: RequestFields.elementsMax), at: start)
        }
        self.elementsLeft -= count
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try Element(&self, version: version)) }
        return elements
    }

    /// uvarint count, then tag, size and bytes of each: passed over.
    mutating func skipTags() throws(KafkaWireError) {
        let count = try self.varint()
        // Each takes two bytes at least, so a count that lies ends at the end of the frame.
        for _ in 0..<count {
            _ = try self.varint()
            let size = try self.varint()
            guard self.buffer.readSlice(length: size) != nil else { throw self.fault(.truncated) }
        }
    }

    /// Throws unless all was read.
    func finish() throws(KafkaWireError) {
        guard self.buffer.readableBytes == 0 else { throw self.fault(.trailingBytes(self.buffer.readableBytes)) }
    }

    private mutating func length<Value: FixedWidthInteger & SignedInteger>(
        _ type: Value.Type
    ) throws(KafkaWireError) -> Int? {
        let start = self.offset
        let length = try self.integer(type)
        guard length >= -1 else { throw KafkaWireError(.negativeLength(Int(length)), at: start) }
        return length == -1 ? nil : Int(length)
    }

    private mutating func text(length: Int) throws(KafkaWireError) -> String {
        let start = self.offset
        guard let bytes = self.buffer.readSlice(length: length) else { throw self.fault(.truncated) }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw KafkaWireError(.malformedString, at: start)
        }
        return text
    }

    /// Seven bits a byte, low bits first, at most 32 bits.
    private mutating func varint() throws(KafkaWireError) -> Int {
        let start = self.offset
        var value = 0
        for position in 0..<5 {
            let byte = try self.integer(UInt8.self)
            value |= Int(byte & 0x7F) << (7 * position)
            guard byte & 0x80 == 0 else { continue }
            guard value <= Int(UInt32.max) else { break }
            return value
        }
        throw KafkaWireError(.malformedVarint, at: start)
    }
}
