import LogFormat
import MQTTCodec
import NIOCore

/// A record of `_mqtt`, read back.
enum JournalEntry {
    /// A message: its header, topic and payload.
    struct Message {
        var header: JournalMessage
        /// Slices of what was read.
        var topic: ByteBuffer
        var payload: ByteBuffer
        /// Bytes of the record, about.
        var bytes: Int

        /// The message as subscribers get it; its buffers are its own. `nil` when its properties cannot be read.
        var message: BrokerMessage? {
            var properties: PublishProperties?
            if !self.header.properties.isEmpty {
                do throws(PacketError) {
                    properties = try PublishProperties(forwardedBytes: ByteBuffer(bytes: self.header.properties))
                } catch {
                    return nil
                }
            }
            return BrokerMessage(
                topic: ByteBuffer(bytes: self.topic.readableBytesView),
                payload: ByteBuffer(bytes: self.payload.readableBytesView),
                qos: self.header.qos,
                retain: self.header.retain,
                properties: properties,
                expiresAt: self.header.expiresAt
            )
        }
    }

    case message(Message)
    case operations([JournalOperation])
    /// None of this version's: left alone.
    case unknown

    /// Reads a record; whatever its bytes are.
    init(_ record: LogRecord) {
        if let topic = record.key {
            guard let value = record.headers.first(named: JournalMessage.headerName),
                let header = JournalMessage(Array(value.readableBytesView))
            else {
                self = .unknown
                return
            }
            let bytes = topic.readableBytes + record.value.readableBytes + value.readableBytes + 12
            self = .message(Message(header: header, topic: topic, payload: record.value, bytes: bytes))
        } else if let operations = JournalOperation.operations(Array(record.value.readableBytesView)) {
            self = .operations(operations)
        } else {
            self = .unknown
        }
    }
}
