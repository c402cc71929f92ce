import HubProtocol
import NIOCore
import TelemetryModel

extension CloudToDeviceMessage {
    /// The application property that says which outcomes the sender wants to hear of.
    private static let feedbackName = "iothub-ack"

    /// The message in an AMQP message.
    ///
    /// - Throws: ``AMQPError`` with a condition for the delivery and a sentence for its sender.
    init(_ message: AMQPMessage) throws(AMQPError) {
        let device = try CloudToDeviceMessage.device(message.properties.to)
        self.init(deviceID: device.id)
        self.deviceIDWritten = device.written
        self.messageID = message.properties.messageID.idText
        self.correlationID = message.properties.correlationID.idText
        self.contentType = message.properties.contentType
        self.contentEncoding = message.properties.contentEncoding
        self.expiry = message.properties.absoluteExpiryTime.map { Timestamp(milliseconds: $0) }
        for (name, value) in message.applicationProperties {
            guard let text = value.propertyText else {
                throw AMQPError(.invalidField, "the application property \(name.prefix(64)) is neither text nor number")
            }
            guard name == CloudToDeviceMessage.feedbackName else {
                self.properties.append(Property(name, text.text))
                continue
            }
            guard let feedback = Feedback(rawValue: text.text?.lowercased() ?? "none") else {
                throw AMQPError(
                    .invalidField,
                    "iothub-ack is none, positive, negative or full, not \((text.text ?? "").prefix(64))"
                )
            }
            self.feedback = feedback
        }
        self.body = try CloudToDeviceMessage.body(message.body)
        guard self.propertyBytes <= CloudToDeviceMessage.propertyBytesMax else {
            throw AMQPError(
                .messageSizeExceeded,
                "the message's properties have \(self.propertyBytes) bytes; at most "
                    + "\(CloudToDeviceMessage.propertyBytesMax) are possible"
            )
        }
    }

    /// Bytes that count to ``propertyBytesMax``.
    private var propertyBytes: Int {
        let fields = [self.messageID, self.correlationID, self.contentType, self.contentEncoding]
        return fields.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
            + self.properties.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.utf8.count ?? 0) }
    }

    /// The device in `/devices/{id}/messages/devicebound`, the words without case.
    private static func device(_ to: String?) throws(AMQPError) -> (id: String, written: String?) {
        let expected = "the property “to” must be /devices/{id}/messages/devicebound"
        guard let to else { throw AMQPError(.invalidField, "\(expected); it is missing") }
        var parts = to.split(separator: "/", omittingEmptySubsequences: false)
        if parts.first?.isEmpty == true { parts.removeFirst() }
        guard parts.count == 4, parts[0].lowercased() == "devices", parts[2].lowercased() == "messages",
            parts[3].lowercased() == "devicebound"
        else { throw AMQPError(.invalidField, "\(expected), not \(to.prefix(128))") }
        let written = String(parts[1])
        let candidates = [PercentEncoding.decode(written), written].compactMap { $0 }.filter(IdentityID.isValidPart)
        guard let id = candidates.first else {
            throw AMQPError(.notFound, "no device can have the id \(written.prefix(128))")
        }
        return (id, candidates.dropFirst().first { $0 != id })
    }

    private static func body(_ body: AMQPMessage.Body) throws(AMQPError) -> [UInt8] {
        switch body {
        case .none, .value(.null): return []
        case .data(let parts):
            let count = parts.reduce(0) { $0 + $1.readableBytes }
            try CloudToDeviceMessage.check(bodyBytes: count)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            for part in parts { bytes.append(contentsOf: part.readableBytesView) }
            return bytes
        case .value(.binary(let bytes)):
            try CloudToDeviceMessage.check(bodyBytes: bytes.readableBytes)
            return Array(bytes.readableBytesView)
        case .value(.string(let text)):
            try CloudToDeviceMessage.check(bodyBytes: text.utf8.count)
            return Array(text.utf8)
        case .value, .sequences:
            throw AMQPError(.notImplemented, "a body is sent to a device as bytes: use a data section")
        }
    }

    private static func check(bodyBytes count: Int) throws(AMQPError) {
        guard count <= CloudToDeviceMessage.bodyBytesMax else {
            throw AMQPError(
                .messageSizeExceeded,
                "the body has \(count) bytes; a cloud-to-device message has at most "
                    + "\(CloudToDeviceMessage.bodyBytesMax)"
            )
        }
    }
}
