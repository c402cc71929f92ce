package import NIOCore

/// What a client of MQTT 5 says of its session and its limits. Spec: MQTT 5.0 §3.1.2.11.
package struct ConnectProperties: Equatable, Sendable {
    /// Seconds the session outlives the connection; `nil` is 0, `UInt32.max` is for ever. §3.1.2.11.2
    package var sessionExpirySeconds: UInt32?
    /// PUBLISH of QoS 1 and 2 the client takes unacknowledged; not 0, `nil` is 65535. §3.1.2.11.3
    package var receiveMaximum: UInt16?
    /// Bytes of the largest packet the client takes; not 0, `nil` is no limit. [MQTT-3.1.2-24]
    package var packetSizeMax: UInt32?
    /// The highest alias the client takes; `nil` is 0, none. [MQTT-3.1.2-26]
    package var topicAliasMax: UInt16?
    /// `nil` is false. [MQTT-3.1.2-28]
    package var requestsResponseInformation: Bool?
    /// Whether reason strings and user properties may stand in any packet; `nil` is true. [MQTT-3.1.2-29]
    package var requestsProblemInformation: Bool?
    package var userProperties: [UserProperty]
    /// Present: the client wants enhanced authentication. §4.12
    package var authenticationMethod: String?
    package var authenticationData: ByteBuffer?

    /// Properties; with none of them prefer `nil` to an empty value.
    package init(
        sessionExpirySeconds: UInt32? = nil,
        receiveMaximum: UInt16? = nil,
        packetSizeMax: UInt32? = nil,
        topicAliasMax: UInt16? = nil,
        requestsResponseInformation: Bool? = nil,
        requestsProblemInformation: Bool? = nil,
        userProperties: [UserProperty] = [],
        authenticationMethod: String? = nil,
        authenticationData: ByteBuffer? = nil
    ) {
        self.sessionExpirySeconds = sessionExpirySeconds
        self.receiveMaximum = receiveMaximum
        self.packetSizeMax = packetSizeMax
        self.topicAliasMax = topicAliasMax
        self.requestsResponseInformation = requestsResponseInformation
        self.requestsProblemInformation = requestsProblemInformation
        self.userProperties = userProperties
        self.authenticationMethod = authenticationMethod
        self.authenticationData = authenticationData
    }

    init?(_ fields: inout PacketFields) throws(PacketError) {
        self.init()
        guard var section = try PropertySection(&fields, owner: .connect) else { return nil }
        while let id = try section.next() {
            switch id {
            case .sessionExpiry: self.sessionExpirySeconds = try section.fourBytes()
            case .receiveMaximum: self.receiveMaximum = try section.notZero(try section.twoBytes(), id)
            case .packetSizeMax: self.packetSizeMax = try section.notZero(try section.fourBytes(), id)
            case .topicAliasMax: self.topicAliasMax = try section.twoBytes()
            case .requestResponseInformation: self.requestsResponseInformation = try section.flag(id)
            case .requestProblemInformation: self.requestsProblemInformation = try section.flag(id)
            case .userProperty: self.userProperties.append(try section.pair())
            case .authenticationMethod: self.authenticationMethod = try section.string()
            case .authenticationData: self.authenticationData = try section.binary()
            default: throw section.notAllowed(id)
            }
        }
        guard self.authenticationMethod != nil || self.authenticationData == nil else {
            throw fields.fault(.noAuthenticationMethod)
        }
    }

    func write(to writer: inout PropertyWriter) throws(PacketError) {
        if let sessionExpirySeconds { writer.write(.sessionExpiry, fourBytes: sessionExpirySeconds) }
        if let receiveMaximum { writer.write(.receiveMaximum, twoBytes: receiveMaximum) }
        if let packetSizeMax { writer.write(.packetSizeMax, fourBytes: packetSizeMax) }
        if let topicAliasMax { writer.write(.topicAliasMax, twoBytes: topicAliasMax) }
        if let requestsResponseInformation {
            writer.write(.requestResponseInformation, flag: requestsResponseInformation)
        }
        if let requestsProblemInformation {
            writer.write(.requestProblemInformation, flag: requestsProblemInformation)
        }
        try writer.write(self.userProperties)
        if let authenticationMethod { try writer.write(.authenticationMethod, string: authenticationMethod) }
        if let authenticationData { try writer.write(.authenticationData, binary: authenticationData) }
    }
}
