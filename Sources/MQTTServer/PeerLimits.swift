import MQTTCodec

/// What a client takes, from CONNECT. Spec: MQTT 5.0 §3.1.2.11.
struct PeerLimits {
    /// Bytes of the largest packet it takes. [MQTT-3.1.2-24]
    let packetSizeMax: Int
    let topicAliasMax: UInt16
    let receiveMaximum: UInt16
    /// Whether reason strings may stand in any packet. [MQTT-3.1.2-29]
    let wantsProblemInformation: Bool
    /// Seconds its session was asked to outlive the connection; 0 for who has none.
    let sessionExpirySeconds: UInt32

    /// - Parameters:
    ///   - connect: what the client said.
    ///   - keepsSession: whether its kind of connection has a session.
    init(_ connect: ConnectPacket, keepsSession: Bool = true) {
        let properties = connect.properties
        self.packetSizeMax = properties?.packetSizeMax.map { Int($0) } ?? .max
        self.topicAliasMax = properties?.topicAliasMax ?? 0
        self.receiveMaximum = properties?.receiveMaximum ?? .max
        self.wantsProblemInformation = properties?.requestsProblemInformation ?? true
        guard keepsSession else {
            self.sessionExpirySeconds = 0
            return
        }
        self.sessionExpirySeconds =
            switch connect.version {
            case .v5: properties?.sessionExpirySeconds ?? 0
            case .v311, .none: connect.cleanSession ? 0 : .max
            }
    }
}
