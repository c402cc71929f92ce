package import NIOCore

/// SUBSCRIBE: filters a client wants messages for. Spec: MQTT 3.1.1 §3.8.
package struct SubscribePacket: Equatable, Sendable {
    /// One filter and the highest QoS wanted.
    package struct Request: Equatable, Sendable {
        /// Checked topic filter.
        package var filter: String
        package var qos: QoS

        /// A request.
        package init(filter: String, qos: QoS) {
            self.filter = filter
            self.qos = qos
        }
    }

    package var packetID: UInt16
    /// At least one. [MQTT-3.8.3-3]
    package var requests: [Request]

    /// Requests in the order of the answer's codes.
    package init(packetID: UInt16, requests: [Request]) {
        self.packetID = packetID
        self.requests = requests
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID(), requests: [])
        while !fields.isAtEnd {
            let filter = try fields.topicFilter()
            let qosFault = fields.fault(.malformedQoS)
            guard let qos = QoS(rawValue: try fields.byte()) else { throw qosFault }  // [MQTT-3-8.3-4]
            self.requests.append(Request(filter: filter, qos: qos))
        }
        guard !self.requests.isEmpty else { throw fields.fault(.noTopicFilter) }
    }

    /// Writes the packet; throws when a filter is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer) throws(PacketError) {
        let length = self.requests.reduce(2) { $0 + 3 + $1.filter.utf8.count }
        try buffer.writeFixedHeader(firstByte: PacketType.subscribe.firstByte, remainingLength: length)
        buffer.writeInteger(self.packetID)
        for request in self.requests {
            try buffer.writePacketString(request.filter)
            buffer.writeInteger(request.qos.rawValue)
        }
    }
}
