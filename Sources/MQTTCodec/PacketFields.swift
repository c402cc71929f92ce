import NIOCore

/// A cursor over the bytes behind a packet's fixed header; every read checks the end and says where it failed.
struct PacketFields {
    private var body: ByteBuffer
    private let packetSize: Int

    init(body: ByteBuffer, header: FixedHeader) {
        self.body = body
        self.packetSize = header.packetSize
    }

    /// Bytes from the start of the fixed header to the next field.
    var offset: Int { self.packetSize - self.body.readableBytes }

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

    /// A packet identifier, which is never 0. [MQTT-2.3.1-1]
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

    /// UTF-8 without U+0000. [MQTT-1.5.3-1] [MQTT-1.5.3-2]
    mutating func string() throws(PacketError) -> String {
        let fault = self.fault(.malformedString)
        let bytes = try self.binary()
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self), !text.utf8.contains(0) else {
            throw fault
        }
        return text
    }

    /// A topic filter, checked.
    mutating func topicFilter() throws(PacketError) -> String {
        let fault = self.fault(.malformedTopicFilter)
        let filter = try self.string()
        guard TopicFilter.isValid(filter) else { throw fault }
        return filter
    }

    /// What is left, such as a payload.
    mutating func rest() -> ByteBuffer {
        self.body.readSlice(length: self.body.readableBytes) ?? ByteBuffer()
    }

    func finish() throws(PacketError) {
        guard self.isAtEnd else { throw self.fault(.trailingBytes) }
    }
}
