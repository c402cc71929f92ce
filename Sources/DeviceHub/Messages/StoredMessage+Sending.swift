internal import DeviceRegistry
internal import HubProtocol
internal import TelemetryModel

extension StoredMessage {
    /// The longest life of a message. Source: contract iothub-mqtt section 13.
    static let lifeMax = Duration.seconds(48 * 3_600)

    /// A message as it is put into the queue of its device.
    ///
    /// - Parameters:
    ///   - message: what the sender gave; an expiry that is later than allowed becomes the latest.
    ///   - author: who sends it.
    ///   - now: wall time.
    ///   - lifeDefault: how long it lives when the sender does not say.
    /// - Throws: `argumentInvalid`, `tooLarge`.
    init(
        _ message: CloudToDeviceMessage,
        author: String,
        at now: Timestamp,
        lifeDefault: Duration
    ) throws(HubError) {
        guard let device = IdentityID(device: message.device) else {
            throw HubError(.argumentInvalid, "“\(message.device.prefix(128))” is no id that a device may have")
        }
        guard message.payload.count <= CloudToDeviceMessage.payloadBytesMax else {
            let limit = CloudToDeviceMessage.payloadBytesMax
            throw HubError(.tooLarge, "the message has \(message.payload.count) bytes; the limit is \(limit) bytes")
        }
        guard message.propertyBytes <= CloudToDeviceMessage.propertyBytesMax else {
            let limit = CloudToDeviceMessage.propertyBytesMax
            throw HubError(.tooLarge, "the properties have \(message.propertyBytes) bytes; the limit is \(limit) bytes")
        }
        guard message.properties.allSatisfy({ !$0.name.isEmpty }) else {
            throw HubError(.argumentInvalid, "an application property has no name")
        }
        self.init(
            to: device,
            payload: message.payload,
            author: author,
            enqueuedAt: now,
            expiresAt: min(message.expiresAt ?? now + lifeDefault, now + StoredMessage.lifeMax),
            acknowledgement: message.acknowledgement
        )
        self.messageID = message.messageID
        self.correlationID = message.correlationID
        self.userID = message.userID
        self.contentType = message.contentType
        self.contentEncoding = message.contentEncoding
        self.properties = message.properties
    }
}
