package import NIOCore

/// UNSUBSCRIBE: filters a client no longer wants messages for. Spec: MQTT 3.1.1 §3.10.
package struct UnsubscribePacket: Equatable, Sendable {
    package var packetID: UInt16
    /// At least one checked topic filter. [MQTT-3.10.3-2]
    package var filters: [String]

    /// Filters to end.
    package init(packetID: UInt16, filters: [String]) {
        self.packetID = packetID
        self.filters = filters
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID(), filters: [])
        while !fields.isAtEnd { self.filters.append(try fields.topicFilter()) }
        guard !self.filters.isEmpty else { throw fields.fault(.noTopicFilter) }
    }

    /// Writes the packet; throws when a filter is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer) throws(PacketError) {
        let length = self.filters.reduce(2) { $0 + 2 + $1.utf8.count }
        try buffer.writeFixedHeader(firstByte: PacketType.unsubscribe.firstByte, remainingLength: length)
        buffer.writeInteger(self.packetID)
        for filter in self.filters { try buffer.writePacketString(filter) }
    }
}
