package import NIOCore

/// SUBSCRIBE: filters a client wants messages for. Spec: MQTT 5.0 §3.8.
package struct SubscribePacket: Equatable, Sendable {
    /// One filter and how its messages are to be delivered.
    package struct Request: Equatable, Sendable {
        /// Checked topic filter, `$share/…` included.
        package var filter: String
        /// The highest QoS wanted.
        package var qos: QoS
        /// Not what this connection publishes itself; never with `$share/…`. [MQTT-3.8.3-3] [MQTT-3.8.3-4]
        package var noLocal: Bool
        /// Keeps the RETAIN flag of the publisher. [MQTT-3.3.1-12] [MQTT-3.3.1-13]
        package var retainAsPublished: Bool
        package var retainHandling: RetainHandling

        /// A request; the defaults are what MQTT 3.1.1 does.
        package init(
            filter: String,
            qos: QoS,
            noLocal: Bool = false,
            retainAsPublished: Bool = false,
            retainHandling: RetainHandling = .send
        ) {
            self.filter = filter
            self.qos = qos
            self.noLocal = noLocal
            self.retainAsPublished = retainAsPublished
            self.retainHandling = retainHandling
        }
    }

    package var packetID: UInt16
    /// At least one. [MQTT-3.8.3-2]
    package var requests: [Request]
    /// Comes back with every message of these filters, 1 to 268435455. §3.8.2.1.2
    package var subscriptionID: UInt32?
    package var userProperties: [UserProperty]

    /// Requests in the order of the answer's codes.
    package init(
        packetID: UInt16,
        requests: [Request],
        subscriptionID: UInt32? = nil,
        userProperties: [UserProperty] = []
    ) {
        self.packetID = packetID
        self.requests = requests
        self.subscriptionID = subscriptionID
        self.userProperties = userProperties
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID(), requests: [])
        if fields.version == .v5, var section = try PropertySection(&fields, owner: .subscribe) {
            while let id = try section.next() {
                switch id {
                case .subscriptionID:
                    self.subscriptionID = UInt32(try section.notZero(try section.variableByteInteger(), id))
                case .userProperty: self.userProperties.append(try section.pair())
                default: throw section.notAllowed(id)
                }
            }
        }
        while !fields.isAtEnd { self.requests.append(try Request(&fields)) }
        guard !self.requests.isEmpty else { throw fields.fault(.noTopicFilter) }
    }

    /// Writes the packet; throws when a field is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        var body = ByteBuffer()
        body.writeInteger(self.packetID)
        if version == .v5 {
            var writer = PropertyWriter()
            if let subscriptionID { writer.write(.subscriptionID, variableByteInteger: subscriptionID) }
            try writer.write(self.userProperties)
            body.writeProperties(writer)
        }
        for request in self.requests {
            try body.writePacketString(request.filter)
            body.writeInteger(request.options(version))
        }
        try buffer.writePacket(.subscribe, body: body)
    }
}

extension SubscribePacket.Request {
    /// ```
    /// bits 7–6 reserved | 5–4 Retain Handling | 3 Retain As Published | 2 No Local | 1–0 QoS
    /// ```
    /// MQTT 3.1.1 reserves all but QoS.
    init(_ fields: inout PacketFields) throws(PacketError) {
        let filter = try fields.topicFilter()
        let start = fields.offset
        let options = try fields.byte()
        guard fields.version == .v5 else {
            guard let qos = QoS(rawValue: options) else { throw PacketError(.malformedQoS, at: start) }
            self.init(filter: filter, qos: qos)
            return
        }
        guard options & 0b1100_0000 == 0 else {
            throw PacketError(.malformedSubscriptionOptions, at: start)  // [MQTT-3.8.3-5]
        }
        let noLocal = options & 0b100 != 0
        guard let qos = QoS(rawValue: options & 0b11), let handling = RetainHandling(rawValue: options >> 4),
            !noLocal || !filter.utf8.starts(with: "$share/".utf8)  // [MQTT-3.8.3-4]
        else {
            throw PacketError(.subscriptionOptionNotAllowed, at: start)
        }
        self.init(
            filter: filter,
            qos: qos,
            noLocal: noLocal,
            retainAsPublished: options & 0b1000 != 0,
            retainHandling: handling
        )
    }

    fileprivate func options(_ version: MQTTVersion) -> UInt8 {
        guard version == .v5 else { return self.qos.rawValue }
        return self.qos.rawValue | (self.noLocal ? 0b100 : 0) | (self.retainAsPublished ? 0b1000 : 0)
            | self.retainHandling.rawValue << 4
    }
}
