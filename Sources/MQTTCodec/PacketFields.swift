import NIOCore

/// A cursor over the bytes behind a packet's fixed header; every read checks the end and says where it failed.
struct PacketFields {
    let version: MQTTVersion
    let sender: PacketSender?
    private var body: ByteBuffer
    /// Bytes from the start of the fixed header to the end of `body`.
    private let end: Int

    init(body: ByteBuffer, end: Int, version: MQTTVersion, sender: PacketSender? = nil) {
        self.body = body
        self.end = end
        self.version = version
        self.sender = sender
    }

    /// Bytes from the start of the fixed header to the next field.
    var offset: Int { self.end - self.body.readableBytes }

    var isAtEnd: Bool { self.body.readableBytes == 0 }

    func fault(_ code: PacketError.Code) -> PacketError {
        PacketError(code, at: self.offset)
    }

    mutating func byte() throws(PacketError) -> UInt8 {
        guard let byte = self.body.readInteger(as: UInt8.self) else { throw self.fault(.truncated) }
        return byte
    }

    mutating func integer() throws(PacketError) -> UInt16 {
        guard let value = self.body.readInteger(as: UInt16.self) else { throw self.fault(.truncated) }
        return value
    }

    mutating func longInteger() throws(PacketError) -> UInt32 {
        guard let value = self.body.readInteger(as: UInt32.self) else { throw self.fault(.truncated) }
        return value
    }

    /// One to four bytes, seven bits each, low bits first. §1.5.5
    mutating func variableByteInteger() throws(PacketError) -> Int {
        let start = self.offset
        var value = 0
        for position in 0..<4 {
            let byte = try self.byte()
            value |= Int(byte & 0x7F) << (7 * position)
            if byte & 0x80 == 0 { return value }
        }
        throw PacketError(.malformedVariableByteInteger, at: start)
    }

    /// A packet identifier, which is never 0. [MQTT-2.2.1-3]
    mutating func packetID() throws(PacketError) -> UInt16 {
        let fault = self.fault(.packetIDZero)
        let id = try self.integer()
        guard id != 0 else { throw fault }
        return id
    }

    /// Two bytes of length and that many bytes.
    mutating func binary() throws(PacketError) -> ByteBuffer {
        guard let bytes = self.body.readLengthPrefixedSlice(as: UInt16.self) else { throw self.fault(.truncated) }
        return bytes
    }

    /// UTF-8 without U+0000; a byte order mark stays. [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.4-3]
    mutating func string() throws(PacketError) -> String {
        let fault = self.fault(.malformedString)
        let bytes = try self.binary()
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self), !text.utf8.contains(0) else {
            throw fault
        }
        return text
    }

    /// A topic name, checked.
    mutating func topicName() throws(PacketError) -> ByteBuffer {
        let fault = self.fault(.malformedTopicName)
        let topic = try self.binary()
        guard TopicName.isValid(topic) else { throw fault }
        return topic
    }

    /// A topic filter, checked.
    mutating func topicFilter() throws(PacketError) -> String {
        let fault = self.fault(.malformedTopicFilter)
        let filter = try self.string()
        guard TopicFilter.isValid(filter) else { throw fault }
        return filter
    }

    /// A reason code that a packet of this type may carry.
    mutating func reasonCode(in type: PacketType) throws(PacketError) -> ReasonCode {
        let start = self.offset
        let code = ReasonCode(rawValue: try self.byte())
        guard code.isAllowed(in: type, from: self.sender) else {
            throw PacketError(.reasonCodeNotAllowed(code), at: start)
        }
        return code
    }

    /// Takes the next `length` bytes out as fields of their own.
    mutating func section(length: Int) throws(PacketError) -> PacketFields {
        let start = self.offset
        guard let bytes = self.body.readSlice(length: length) else { throw self.fault(.truncated) }
        return PacketFields(body: bytes, end: start + length, version: self.version, sender: self.sender)
    }

    /// What is left, such as a payload.
    mutating func rest() -> ByteBuffer {
        self.body.readSlice(length: self.body.readableBytes) ?? ByteBuffer()
    }

    func finish() throws(PacketError) {
        guard self.isAtEnd else { throw self.fault(.trailingBytes) }
    }
}
