import MQTTCodec

extension CloseReason {
    /// What DISCONNECT tells a client of MQTT 5; `nil` when nothing is sent. [MQTT-3.14.0-1]
    var reasonCode: ReasonCode? {
        switch self {
        case .disconnect, .connectionLost, .connectTimeout, .tlsHandshakeFailed, .connectMissing, .refused,
            .tooManyConnections, .admissionTimeout, .webSocketFault:
            nil
        case .keepAliveTimeout: .keepAliveTimeout
        case .secondConnect, .protocolError, .unexpectedPacket: .protocolError  // [MQTT-3.1.0-2]
        case .malformedPacket: .malformedPacket
        case .packetTooLarge, .messageTooLarge: .packetTooLarge  // [MQTT-3.2.2-15]
        case .receiveMaximumExceeded: .receiveMaximumExceeded
        case .topicAliasInvalid: .topicAliasInvalid
        case .topicNotAllowed: .notAuthorized
        case .notSupported: .implementationSpecificError
        case .qosNotSupported: .qosNotSupported
        case .malformedProperties: .topicNameInvalid
        case .slowConsumer, .inputOverflow: .quotaExceeded
        case .takenOver: .sessionTakenOver  // [MQTT-3.1.4-3]
        case .credentialsExpired: .maximumConnectTime
        case .administrative: .administrativeAction
        case .logUnavailable: .serverBusy
        case .sessionStoreFailed: .unspecifiedError
        case .serverShutdown: .serverShuttingDown
        }
    }
}
