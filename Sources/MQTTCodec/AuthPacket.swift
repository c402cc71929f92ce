package import NIOCore

/// AUTH: one step of an enhanced authentication. MQTT 5 only. Spec: MQTT 5.0 §3.15, §4.12.
package struct AuthPacket: Equatable, Sendable {
    /// `success`, `continueAuthentication` or `reauthenticate`. [MQTT-3.15.2-1]
    package var reason: ReasonCode
    /// Only a success without any property may leave it out. §3.15.2.2.2
    package var authenticationMethod: String?
    package var authenticationData: ByteBuffer?
    package var reasonString: String?
    package var userProperties: [UserProperty]

    /// A step.
    package init(
        reason: ReasonCode = .success,
        authenticationMethod: String? = nil,
        authenticationData: ByteBuffer? = nil,
        reasonString: String? = nil,
        userProperties: [UserProperty] = []
    ) {
        self.reason = reason
        self.authenticationMethod = authenticationMethod
        self.authenticationData = authenticationData
        self.reasonString = reasonString
        self.userProperties = userProperties
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init()
        guard !fields.isAtEnd else { return }  // §3.15.2.1
        self.reason = try fields.reasonCode(in: .auth)
        guard var section = try PropertySection(&fields, owner: .auth) else {
            throw fields.fault(.noAuthenticationMethod)
        }
        while let id = try section.next() {
            switch id {
            case .authenticationMethod: self.authenticationMethod = try section.string()
            case .authenticationData: self.authenticationData = try section.binary()
            case .reasonString: self.reasonString = try section.string()
            case .userProperty: self.userProperties.append(try section.pair())
            default: throw section.notAllowed(id)
            }
        }
        guard self.authenticationMethod != nil else { throw fields.fault(.noAuthenticationMethod) }
    }

    /// Writes the packet; throws when a property is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer) throws(PacketError) {
        var writer = PropertyWriter()
        if let authenticationMethod { try writer.write(.authenticationMethod, string: authenticationMethod) }
        if let authenticationData { try writer.write(.authenticationData, binary: authenticationData) }
        if let reasonString { try writer.write(.reasonString, string: reasonString) }
        try writer.write(self.userProperties)
        guard self.reason != .success || writer.bytes.readableBytes > 0 else {
            buffer.writeEmptyPacket(.auth)
            return
        }
        var body = ByteBuffer()
        body.writeInteger(self.reason.rawValue)
        body.writeProperties(writer)
        try buffer.writePacket(.auth, body: body)
    }
}
