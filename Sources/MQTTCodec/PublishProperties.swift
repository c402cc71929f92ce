package import NIOCore

/// What a PUBLISH, or a Will, says beside topic and payload; immutable and shared by all who hold the message.
///
/// A class, so that a PUBLISH without properties carries one `nil` and one with properties is passed on without copies.
/// Buffers read from a packet are slices of the read buffer; ``detached()`` lets go of it.
/// Spec: MQTT 5.0 §3.3.2.3.
package final class PublishProperties: Equatable, Sendable {
    package let payloadFormat: PayloadFormat?
    /// Seconds after which the message is worth nothing to a subscriber; a server sends on what is left. [MQTT-3.3.2-6]
    package let messageExpirySeconds: UInt32?
    /// Stands for the topic on this connection, 1 to the receiver's maximum; never passed on. [MQTT-3.3.2-7]
    package let topicAlias: UInt16?
    /// Checked topic name, to which the answer is to be published. [MQTT-3.3.2-14]
    package let responseTopic: ByteBuffer?
    package let correlationData: ByteBuffer?
    package let contentType: String?
    /// The subscriptions that caused this delivery, 1 to 268435455; only a server sends them. [MQTT-3.3.4-6]
    package let subscriptionIDs: [UInt32]
    package let userProperties: [UserProperty]
    /// Bytes as a packet carries them, Property Length not counted.
    package let wireBytes: Int
    /// Bytes they take in memory, about: for bounds. One property of five bytes takes some 40.
    package var memoryBytes: Int {
        PublishProperties.objectBytes + self.wireBytes + PublishProperties.pairBytes * self.userProperties.count
    }

    /// The object itself.
    private static let objectBytes = 160
    /// A pair beside its text: two strings.
    private static let pairBytes = 32

    /// Properties; with none of them use `nil` instead.
    package init(
        payloadFormat: PayloadFormat? = nil,
        messageExpirySeconds: UInt32? = nil,
        topicAlias: UInt16? = nil,
        responseTopic: ByteBuffer? = nil,
        correlationData: ByteBuffer? = nil,
        contentType: String? = nil,
        subscriptionIDs: [UInt32] = [],
        userProperties: [UserProperty] = []
    ) {
        self.payloadFormat = payloadFormat
        self.messageExpirySeconds = messageExpirySeconds
        self.topicAlias = topicAlias
        self.responseTopic = responseTopic
        self.correlationData = correlationData
        self.contentType = contentType
        self.subscriptionIDs = subscriptionIDs
        self.userProperties = userProperties
        var bytes = (payloadFormat == nil ? 0 : 2) + (messageExpirySeconds == nil ? 0 : 5) + (topicAlias == nil ? 0 : 3)
        if let responseTopic { bytes += 3 + responseTopic.readableBytes }
        if let correlationData { bytes += 3 + correlationData.readableBytes }
        if let contentType { bytes += 3 + contentType.utf8.count }
        for id in subscriptionIDs { bytes += 1 + RawCursor.variableByteCount(Int(id)) }
        for property in userProperties { bytes += 5 + property.name.utf8.count + property.value.utf8.count }
        self.wireBytes = bytes
    }

    package static func == (left: PublishProperties, right: PublishProperties) -> Bool {
        left === right
            || left.payloadFormat == right.payloadFormat && left.messageExpirySeconds == right.messageExpirySeconds
                && left.topicAlias == right.topicAlias && left.responseTopic == right.responseTopic
                && left.correlationData == right.correlationData && left.contentType == right.contentType
                && left.subscriptionIDs == right.subscriptionIDs && left.userProperties == right.userProperties
    }

    /// Whether a server has something to pass on unaltered.
    package var hasForwarded: Bool {
        self.payloadFormat != nil || self.responseTopic != nil || self.correlationData != nil
            || self.contentType != nil || !self.userProperties.isEmpty
    }

    /// The same properties without a hold on the buffer they were read from: for what is kept.
    package func detached() -> PublishProperties {
        guard self.responseTopic != nil || self.correlationData != nil else { return self }
        return PublishProperties(
            payloadFormat: self.payloadFormat,
            messageExpirySeconds: self.messageExpirySeconds,
            topicAlias: self.topicAlias,
            responseTopic: self.responseTopic.map { ByteBuffer(bytes: $0.readableBytesView) },
            correlationData: self.correlationData.map { ByteBuffer(bytes: $0.readableBytesView) },
            contentType: self.contentType,
            subscriptionIDs: self.subscriptionIDs,
            userProperties: self.userProperties
        )
    }
}
