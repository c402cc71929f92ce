/// The properties section, as far as we use it. Source: AMQP 1.0 part 3, §3.2.4.
struct AMQPMessageProperties: Equatable, Sendable {
    /// ulong, uuid, binary or string; null when there is none.
    var messageID = AMQPValue.null
    var to: String?
    var replyTo: String?
    /// As ``messageID``.
    var correlationID = AMQPValue.null
    var contentType: String?
    var contentEncoding: String?
    /// Milliseconds since 1970.
    var absoluteExpiryTime: Int64?

    init() {}

    init(_ value: AMQPValue) throws(AMQPWireError) {
        let fields = try AMQPFields(value, .properties)
        self.messageID = try AMQPMessageProperties.id(fields.value(0), "properties.message-id")
        self.to = try fields.string(2, "to")
        self.replyTo = try fields.string(4, "reply-to")
        self.correlationID = try AMQPMessageProperties.id(fields.value(5), "properties.correlation-id")
        self.contentType = try fields.text(6, "content-type")
        self.contentEncoding = try fields.text(7, "content-encoding")
        switch fields.value(8) {
        case .null: break
        case .timestamp(let milliseconds): self.absoluteExpiryTime = milliseconds
        default: throw AMQPWireError(.wrongField("properties.absolute-expiry-time"))
        }
    }

    var value: AMQPValue {
        AMQPDescriptor.properties.describing(fields: [
            self.messageID, .null, .optional(self.to) { .string($0) }, .null,
            .optional(self.replyTo) { .string($0) }, self.correlationID,
            .optional(self.contentType) { .symbol($0) }, .optional(self.contentEncoding) { .symbol($0) },
            .optional(self.absoluteExpiryTime) { .timestamp($0) },
        ])
    }

    private static func id(_ value: AMQPValue, _ field: String) throws(AMQPWireError) -> AMQPValue {
        switch value {
        case .null, .ulong, .uuid, .binary, .string: return value
        default: throw AMQPWireError(.wrongField(field))
        }
    }
}
