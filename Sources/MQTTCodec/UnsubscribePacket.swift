package import NIOCore

/// UNSUBSCRIBE: filters a client no longer wants messages for. Spec: MQTT 5.0 §3.10.
package struct UnsubscribePacket: Equatable, Sendable {
    package var packetID: UInt16
    /// At least one checked topic filter. [MQTT-3.10.3-2]
    package var filters: [String]
    package var userProperties: [UserProperty]

    /// Filters to end.
    package init(packetID: UInt16, filters: [String], userProperties: [UserProperty] = []) {
        self.packetID = packetID
        self.filters = filters
        self.userProperties = userProperties
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID(), filters: [])
        if fields.version == .v5, var section = try PropertySection(&fields, owner: .unsubscribe) {
            while let id = try section.next() {
                guard id == .userProperty else { throw section.notAllowed(id) }
                self.userProperties.append(try section.pair())
            }
        }
        while !fields.isAtEnd { self.filters.append(try fields.topicFilter()) }
        guard !self.filters.isEmpty else { throw fields.fault(.noTopicFilter) }
    }

    /// Writes the packet; throws when a field is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        var body = ByteBuffer()
        body.writeInteger(self.packetID)
        if version == .v5 {
            var writer = PropertyWriter()
            try writer.write(self.userProperties)
            body.writeProperties(writer)
        }
        for filter in self.filters { try body.writePacketString(filter) }
        try buffer.writePacket(.unsubscribe, body: body)
    }
}
