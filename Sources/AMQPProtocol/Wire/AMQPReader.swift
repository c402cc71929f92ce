package import NIOCore

/// A cursor over encoded values; every read checks the end of what holds it and says where it failed.
///
/// Nothing is allocated for a count or a size before it was compared with the bytes left; all lists, maps and arrays
/// together hold at most ``elementsMax`` elements, also those that take no bytes, and values are nested at most
/// ``depthMax`` deep. So reading takes at most a small multiple of the bytes, and a bounded stack.
package struct AMQPReader {
    /// Elements of all lists, maps and arrays that one reader reads.
    package static let elementsMax = 10_000
    /// Levels of values in values.
    package static let depthMax = 16

    private var buffer: ByteBuffer
    private let start: Int
    /// Index behind the last byte of the innermost list, map or array that is being read.
    private var end: Int
    private var elementsLeft = AMQPReader.elementsMax

    /// A cursor at the start of `buffer`'s readable bytes.
    package init(_ buffer: ByteBuffer) {
        self.buffer = buffer
        self.start = buffer.readerIndex
        self.end = buffer.writerIndex
    }

    /// Bytes from the start to the next value.
    var offset: Int { self.buffer.readerIndex - self.start }

    /// Whether nothing is left.
    var isAtEnd: Bool { self.bytesLeft == 0 }

    /// What was not read.
    var rest: ByteBuffer { self.buffer }

    private var bytesLeft: Int { self.end - self.buffer.readerIndex }

    /// The next value with everything in it.
    package mutating func value() throws(AMQPWireError) -> AMQPValue {
        try self.value(depth: 0)
    }

    private mutating func value(depth: Int) throws(AMQPWireError) -> AMQPValue {
        let start = self.offset
        let code = try self.formatCode(depth: depth)
        guard code == .described else { return try self.value(of: code, depth: depth, at: start) }
        let descriptor = try self.value(depth: depth + 1)
        return .described(descriptor: descriptor, value: try self.value(depth: depth + 1))
    }

    private mutating func formatCode(depth: Int) throws(AMQPWireError) -> AMQPFormatCode {
        let start = self.offset
        guard depth < AMQPReader.depthMax else { throw AMQPWireError(.tooDeep(limit: AMQPReader.depthMax), at: start) }
        let octet: UInt8 = try self.integer()
        guard let code = AMQPFormatCode(rawValue: octet) else {
            throw AMQPWireError(.unknownFormatCode(octet), at: start)
        }
        return code
    }

    /// What stands behind a format code.
    private mutating func value(
        of code: AMQPFormatCode,
        depth: Int,
        at start: Int
    ) throws(AMQPWireError) -> AMQPValue {
        switch code {
        // Its constructors are read by the caller, so none is left here.
        case .described: throw AMQPWireError(.unknownFormatCode(code.rawValue), at: start)
        case .null: return .null
        case .booleanTrue: return .boolean(true)
        case .booleanFalse: return .boolean(false)
        case .boolean: return .boolean(try self.boolean())
        case .uint0: return .uint(0)
        case .smalluint: return .uint(UInt32(try self.integer(UInt8.self)))
        case .uint: return .uint(try self.integer())
        case .ulong0: return .ulong(0)
        case .smallulong: return .ulong(UInt64(try self.integer(UInt8.self)))
        case .ulong: return .ulong(try self.integer())
        case .ubyte: return .ubyte(try self.integer())
        case .ushort: return .ushort(try self.integer())
        case .byte: return .byte(try self.integer())
        case .short: return .short(try self.integer())
        case .smallint: return .int(Int32(try self.integer(Int8.self)))
        case .int: return .int(try self.integer())
        case .smalllong: return .long(Int64(try self.integer(Int8.self)))
        case .long: return .long(try self.integer())
        case .float: return .float(Float(bitPattern: try self.integer()))
        case .double: return .double(Double(bitPattern: try self.integer()))
        case .decimal32: return .decimal32(try self.integer())
        case .decimal64: return .decimal64(try self.integer())
        case .decimal128: return .decimal128(try self.integer())
        case .char: return .char(try self.char())
        case .timestamp: return .timestamp(try self.integer())
        case .uuid: return .uuid(try self.integer())
        case .vbin8: return .binary(try self.bytes(Int(try self.integer(UInt8.self))))
        case .vbin32: return .binary(try self.bytes(Int(try self.integer(UInt32.self))))
        case .str8: return .string(try self.string(Int(try self.integer(UInt8.self))))
        case .str32: return .string(try self.string(Int(try self.integer(UInt32.self))))
        case .sym8: return .symbol(try self.symbol(Int(try self.integer(UInt8.self))))
        case .sym32: return .symbol(try self.symbol(Int(try self.integer(UInt32.self))))
        case .list0: return .list([])
        case .list8, .map8, .array8: return try self.compound(UInt8.self, code, depth: depth, at: start)
        case .list32, .map32, .array32: return try self.compound(UInt32.self, code, depth: depth, at: start)
        }
    }

    // MARK: Lists, maps, arrays

    /// Size and count, then the elements, which end where the size says.
    private mutating func compound<Width: FixedWidthInteger & UnsignedInteger>(
        _ width: Width.Type,
        _ code: AMQPFormatCode,
        depth: Int,
        at start: Int
    ) throws(AMQPWireError) -> AMQPValue {
        let size = Int(try self.integer(width))
        guard size <= self.bytesLeft else { throw AMQPWireError(.truncated, at: start) }
        let outerEnd = self.end
        self.end = self.buffer.readerIndex + size
        let count = Int(try self.integer(width))
        let value: AMQPValue =
            switch code {
            case .list8, .list32: .list(try self.elements(count, depth: depth))
            case .map8, .map32: .map(try self.entries(count, depth: depth))
            default: .array(try self.uniform(count, depth: depth))
            }
        guard self.bytesLeft == 0 else { throw AMQPWireError(.sizeMismatch, at: start) }
        self.end = outerEnd
        return value
    }

    private mutating func elements(_ count: Int, depth: Int) throws(AMQPWireError) -> [AMQPValue] {
        try self.claim(count, bytesEach: 1)
        var elements: [AMQPValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try self.value(depth: depth + 1)) }
        return elements
    }

    private mutating func entries(_ count: Int, depth: Int) throws(AMQPWireError) -> [AMQPMapEntry] {
        let start = self.offset
        try self.claim(count, bytesEach: 1)
        guard count.isMultiple(of: 2) else { throw AMQPWireError(.oddMap(count: count), at: start) }
        var entries: [AMQPMapEntry] = []
        entries.reserveCapacity(count / 2)
        var keys: Set<AMQPValue> = []
        for _ in 0..<count / 2 {
            let key = try self.value(depth: depth + 1)
            guard keys.insert(key).inserted else { throw AMQPWireError(.repeatedKey, at: start) }
            entries.append(AMQPMapEntry(key, try self.value(depth: depth + 1)))
        }
        return entries
    }

    /// An array's constructor stands once; a described one's descriptor too.
    private mutating func uniform(_ count: Int, depth: Int) throws(AMQPWireError) -> [AMQPValue] {
        let start = self.offset
        var descriptors: [AMQPValue] = []
        var code = try self.formatCode(depth: depth + 1)
        while code == .described {
            descriptors.append(try self.value(depth: depth + 1 + descriptors.count))
            code = try self.formatCode(depth: depth + 1 + descriptors.count)
        }
        try self.claim(count, bytesEach: code.bytesMin)
        var elements: [AMQPValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            let value = try self.value(of: code, depth: depth + 1 + descriptors.count, at: start)
            elements.append(
                descriptors.reversed().reduce(value) { .described(descriptor: $1, value: $0) }
            )
        }
        return elements
    }

    private mutating func claim(_ count: Int, bytesEach: Int) throws(AMQPWireError) {
        guard count <= self.elementsLeft else {
            throw AMQPWireError(.tooManyElements(limit: AMQPReader.elementsMax), at: self.offset)
        }
        guard count * bytesEach <= self.bytesLeft else {
            throw AMQPWireError(.countOverBytesLeft(count: count, bytes: self.bytesLeft), at: self.offset)
        }
        self.elementsLeft -= count
    }

    // MARK: Single values

    private mutating func integer<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(AMQPWireError) -> Value {
        guard MemoryLayout<Value>.size <= self.bytesLeft, let value = self.buffer.readInteger(as: type) else {
            throw AMQPWireError(.truncated, at: self.offset)
        }
        return value
    }

    private mutating func bytes(_ count: Int) throws(AMQPWireError) -> ByteBuffer {
        guard count <= self.bytesLeft, let bytes = self.buffer.readSlice(length: count) else {
            throw AMQPWireError(.truncated, at: self.offset)
        }
        return bytes
    }

    private mutating func string(_ count: Int) throws(AMQPWireError) -> String {
        let start = self.offset
        guard let text = String(validating: try self.bytes(count).readableBytesView, as: UTF8.self) else {
            throw AMQPWireError(.malformedString, at: start)
        }
        return text
    }

    private mutating func symbol(_ count: Int) throws(AMQPWireError) -> String {
        let start = self.offset
        let bytes = try self.bytes(count).readableBytesView
        guard bytes.allSatisfy({ $0 < 0x80 }) else { throw AMQPWireError(.malformedSymbol, at: start) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func char() throws(AMQPWireError) -> Unicode.Scalar {
        let start = self.offset
        guard let scalar = Unicode.Scalar(try self.integer(UInt32.self)) else {
            throw AMQPWireError(.malformedChar, at: start)
        }
        return scalar
    }

    private mutating func boolean() throws(AMQPWireError) -> Bool {
        let start = self.offset
        let octet: UInt8 = try self.integer()
        guard octet <= 1 else { throw AMQPWireError(.malformedBoolean(octet), at: start) }
        return octet == 1
    }
}
