package import NIOCore

extension PublishProperties {
    /// Reads the list that fills `bytes`, as ``forwardedBytes()`` writes it: for what was stored.
    package convenience init(forwardedBytes bytes: ByteBuffer) throws(PacketError) {
        let fields = PacketFields(body: bytes, end: bytes.readableBytes, version: .v5)
        var section = PropertySection(all: fields, owner: .publish)
        self.init(try Values(&section))
    }

    /// The bytes of what a server passes on unaltered: all but message expiry, alias and subscription identifiers.
    ///
    /// Without Property Length; made once per message, see ``PublishEncoder``.
    /// [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-20]
    package func forwardedBytes() throws(PacketError) -> ByteBuffer {
        guard self.hasForwarded else { return ByteBuffer() }
        var writer = PropertyWriter()
        try self.writeForwarded(to: &writer)
        return writer.bytes
    }

    /// The properties of a PUBLISH; `nil` when it has none.
    static func read(_ fields: inout PacketFields) throws(PacketError) -> PublishProperties? {
        guard var section = try PropertySection(&fields, owner: .publish) else { return nil }
        return PublishProperties(try Values(&section))
    }

    /// The properties of a Will and its delay in seconds.
    static func readWill(
        _ fields: inout PacketFields
    ) throws(PacketError) -> (properties: PublishProperties?, delaySeconds: UInt32) {
        guard var section = try PropertySection(&fields, owner: .will) else { return (nil, 0) }
        let values = try Values(&section)
        let properties = values.isEmpty ? nil : PublishProperties(values)
        return (properties, values.willDelaySeconds)
    }

    func write(to writer: inout PropertyWriter) throws(PacketError) {
        if let messageExpirySeconds { writer.write(.messageExpiry, fourBytes: messageExpirySeconds) }
        if let topicAlias { writer.write(.topicAlias, twoBytes: topicAlias) }
        for id in self.subscriptionIDs { writer.write(.subscriptionID, variableByteInteger: id) }
        try self.writeForwarded(to: &writer)
    }

    private func writeForwarded(to writer: inout PropertyWriter) throws(PacketError) {
        if let payloadFormat { writer.write(.payloadFormat, byte: payloadFormat.rawValue) }
        if let contentType { try writer.write(.contentType, string: contentType) }
        if let responseTopic { try writer.write(.responseTopic, binary: responseTopic) }
        if let correlationData { try writer.write(.correlationData, binary: correlationData) }
        try writer.write(self.userProperties)
    }

    private convenience init(_ values: Values) {
        self.init(
            payloadFormat: values.payloadFormat,
            messageExpirySeconds: values.messageExpirySeconds,
            topicAlias: values.topicAlias,
            responseTopic: values.responseTopic,
            correlationData: values.correlationData,
            contentType: values.contentType,
            subscriptionIDs: values.subscriptionIDs,
            userProperties: values.userProperties
        )
    }

    /// What was read so far.
    private struct Values {
        var payloadFormat: PayloadFormat?
        var messageExpirySeconds: UInt32?
        var topicAlias: UInt16?
        var responseTopic: ByteBuffer?
        var correlationData: ByteBuffer?
        var contentType: String?
        var subscriptionIDs: [UInt32] = []
        var userProperties: [UserProperty] = []
        var willDelaySeconds: UInt32 = 0

        /// Whether nothing but the Will's delay was given.
        var isEmpty: Bool {
            self.payloadFormat == nil && self.messageExpirySeconds == nil && self.topicAlias == nil
                && self.responseTopic == nil && self.correlationData == nil && self.contentType == nil
                && self.subscriptionIDs.isEmpty && self.userProperties.isEmpty
        }

        init(_ section: inout PropertySection) throws(PacketError) {
            while let id = try section.next() {
                switch id {
                case .payloadFormat:
                    guard let format = PayloadFormat(rawValue: try section.byte()) else {
                        throw section.malformedValue(id)
                    }
                    self.payloadFormat = format
                case .messageExpiry: self.messageExpirySeconds = try section.fourBytes()
                case .topicAlias: self.topicAlias = try section.notZero(try section.twoBytes(), id)  // [MQTT-3.3.2-8]
                case .responseTopic: self.responseTopic = try section.topicName()  // [MQTT-3.3.2-14]
                case .correlationData: self.correlationData = try section.binary()
                case .contentType: self.contentType = try section.string()
                case .subscriptionID:
                    self.subscriptionIDs.append(UInt32(try section.notZero(try section.variableByteInteger(), id)))
                case .userProperty: self.userProperties.append(try section.pair())
                case .willDelay: self.willDelaySeconds = try section.fourBytes()
                default: throw section.notAllowed(id)
                }
            }
        }
    }
}
