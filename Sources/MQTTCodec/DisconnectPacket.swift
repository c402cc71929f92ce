package import NIOCore

/// DISCONNECT: the last packet of a connection. In MQTT 3.1.1 only a client sends it and it is empty.
///
/// Spec: MQTT 5.0 §3.14.
package struct DisconnectPacket: Equatable, Sendable {
    /// Why the connection ends; `normalDisconnection` in MQTT 3.1.1.
    package var reason: ReasonCode
    /// Seconds that replace CONNECT's, from a client only. [MQTT-3.14.2-2]
    package var sessionExpirySeconds: UInt32?
    package var reasonString: String?
    package var userProperties: [UserProperty]
    /// Another server to use, from a server only. §3.14.2.2.5
    package var serverReference: String?

    /// An end.
    package init(
        reason: ReasonCode = .normalDisconnection,
        sessionExpirySeconds: UInt32? = nil,
        reasonString: String? = nil,
        userProperties: [UserProperty] = [],
        serverReference: String? = nil
    ) {
        self.reason = reason
        self.sessionExpirySeconds = sessionExpirySeconds
        self.reasonString = reasonString
        self.userProperties = userProperties
        self.serverReference = serverReference
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init()
        guard fields.version == .v5, !fields.isAtEnd else { return }
        self.reason = try fields.reasonCode(in: .disconnect)  // [MQTT-3.14.2-1]
        guard !fields.isAtEnd, var section = try PropertySection(&fields, owner: .disconnect) else { return }
        while let id = try section.next() {
            switch id {
            case .sessionExpiry: self.sessionExpirySeconds = try section.fourBytes()
            case .reasonString: self.reasonString = try section.string()
            case .userProperty: self.userProperties.append(try section.pair())
            case .serverReference: self.serverReference = try section.string()
            default: throw section.notAllowed(id)
            }
        }
    }

    /// Writes the packet; throws when a property is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        var writer = PropertyWriter()
        if let sessionExpirySeconds { writer.write(.sessionExpiry, fourBytes: sessionExpirySeconds) }
        if let reasonString { try writer.write(.reasonString, string: reasonString) }
        try writer.write(self.userProperties)
        if let serverReference { try writer.write(.serverReference, string: serverReference) }
        let hasProperties = writer.bytes.readableBytes > 0
        guard version == .v5, self.reason != .normalDisconnection || hasProperties else {
            buffer.writeEmptyPacket(.disconnect)
            return
        }
        var body = ByteBuffer()
        body.writeInteger(self.reason.rawValue)
        if hasProperties { body.writeProperties(writer) }
        try buffer.writePacket(.disconnect, body: body)
    }
}
