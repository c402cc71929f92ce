package import NIOCore

extension AMQPValue {
    /// Writes the value in its shortest encoding; elements of arrays in the widest of their type, which all can have.
    package func write(to buffer: inout ByteBuffer) {
        if case .described(let descriptor, let value) = self {
            buffer.writeCode(.described)
            descriptor.write(to: &buffer)
            value.write(to: &buffer)
            return
        }
        let code = self.shortestCode
        buffer.writeCode(code)
        self.writeContent(as: code, to: &buffer)
    }

    private var shortestCode: AMQPFormatCode {
        switch self {
        case .boolean(let value): value ? .booleanTrue : .booleanFalse
        case .uint(let value): value == 0 ? .uint0 : value <= UInt8.max ? .smalluint : .uint
        case .ulong(let value): value == 0 ? .ulong0 : value <= UInt8.max ? .smallulong : .ulong
        case .int(let value): Int8(exactly: value) != nil ? .smallint : .int
        case .long(let value): Int8(exactly: value) != nil ? .smalllong : .long
        case .binary(let bytes): bytes.readableBytes <= UInt8.max ? .vbin8 : .vbin32
        case .string(let text): text.utf8.count <= UInt8.max ? .str8 : .str32
        case .symbol(let text): text.utf8.count <= UInt8.max ? .sym8 : .sym32
        case .list(let elements): elements.isEmpty ? .list0 : .list32
        case .null, .ubyte, .ushort, .byte, .short, .float, .double, .decimal32, .decimal64, .decimal128, .char,
            .timestamp, .uuid, .map, .array, .described:
            self.widestCode
        }
    }

    private var widestCode: AMQPFormatCode {
        switch self {
        case .null: .null
        case .boolean: .boolean
        case .ubyte: .ubyte
        case .ushort: .ushort
        case .uint: .uint
        case .ulong: .ulong
        case .byte: .byte
        case .short: .short
        case .int: .int
        case .long: .long
        case .float: .float
        case .double: .double
        case .decimal32: .decimal32
        case .decimal64: .decimal64
        case .decimal128: .decimal128
        case .char: .char
        case .timestamp: .timestamp
        case .uuid: .uuid
        case .binary: .vbin32
        case .string: .str32
        case .symbol: .sym32
        case .list: .list32
        case .map: .map32
        case .array: .array32
        case .described: .described
        }
    }

    private func writeContent(as code: AMQPFormatCode, to buffer: inout ByteBuffer) {
        switch self {
        case .null: break
        case .boolean(let value): if code == .boolean { buffer.writeInteger(UInt8(value ? 1 : 0)) }
        case .ubyte(let value): buffer.writeInteger(value)
        case .ushort(let value): buffer.writeInteger(value)
        case .uint(let value): buffer.writeShortened(value, bytes: code.bytesMin)
        case .ulong(let value): buffer.writeShortened(value, bytes: code.bytesMin)
        case .byte(let value): buffer.writeInteger(value)
        case .short(let value): buffer.writeInteger(value)
        case .int(let value): buffer.writeShortened(value, bytes: code.bytesMin)
        case .long(let value): buffer.writeShortened(value, bytes: code.bytesMin)
        case .float(let value): buffer.writeInteger(value.bitPattern)
        case .double(let value): buffer.writeInteger(value.bitPattern)
        case .decimal32(let bits): buffer.writeInteger(bits)
        case .decimal64(let bits): buffer.writeInteger(bits)
        case .decimal128(let bits): buffer.writeInteger(bits)
        case .char(let scalar): buffer.writeInteger(scalar.value)
        case .timestamp(let milliseconds): buffer.writeInteger(milliseconds)
        case .uuid(let bits): buffer.writeInteger(bits)
        case .binary(let bytes):
            buffer.writeShortened(UInt32(clamping: bytes.readableBytes), bytes: code.bytesMin)
            buffer.writeImmutableBuffer(bytes)
        case .string(let text), .symbol(let text):
            buffer.writeShortened(UInt32(clamping: text.utf8.count), bytes: code.bytesMin)
            buffer.writeString(text)
        case .list(let elements):
            if code != .list0 {
                buffer.writeCompound(count: elements.count) { for element in elements { element.write(to: &$0) } }
            }
        case .map(let entries):
            buffer.writeCompound(count: entries.count * 2) {
                for entry in entries {
                    entry.key.write(to: &$0)
                    entry.value.write(to: &$0)
                }
            }
        case .array(let elements):
            buffer.writeCompound(count: elements.count) { AMQPValue.writeUniform(elements, to: &$0) }
        case .described(_, let value):
            value.writeContent(as: value.widestCode, to: &buffer)
        }
    }

    /// The constructor of all elements, then what each holds.
    private static func writeUniform(_ elements: [AMQPValue], to buffer: inout ByteBuffer) {
        var first = elements.first ?? .null
        while case .described(let descriptor, let value) = first {
            buffer.writeCode(.described)
            descriptor.write(to: &buffer)
            first = value
        }
        buffer.writeCode(first.widestCode)
        for element in elements { element.writeContent(as: element.widestCode, to: &buffer) }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeCode(_ code: AMQPFormatCode) {
        self.writeInteger(code.rawValue)
    }

    /// All of an integer, its last byte, or nothing of it.
    fileprivate mutating func writeShortened(_ value: some FixedWidthInteger, bytes: Int) {
        switch bytes {
        case 0: break
        case 1: self.writeInteger(UInt8(truncatingIfNeeded: value))
        default: self.writeInteger(value)
        }
    }

    /// Size and count of 32 bits each, then the content; the size counts the count.
    fileprivate mutating func writeCompound(count: Int, _ content: (inout ByteBuffer) -> Void) {
        let sizeIndex = self.writerIndex
        self.writeInteger(UInt32(0))
        self.writeInteger(UInt32(clamping: count))
        content(&self)
        self.setInteger(UInt32(clamping: self.writerIndex - sizeIndex - 4), at: sizeIndex)
    }
}
