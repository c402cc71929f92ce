/// The answer to CONNECT in MQTT 3.1.1. Spec: MQTT 3.1.1 §3.2.2.3, table 3.1.
package enum ConnectReturnCode: UInt8, Sendable, CaseIterable {
    case accepted = 0
    case unacceptableProtocolVersion = 1
    case identifierRejected = 2
    case serverUnavailable = 3
    case badUserNameOrPassword = 4
    case notAuthorized = 5

    /// What comes nearest to a reason of MQTT 5.
    ///
    /// A client takes 4 and 5 as final, so all that may pass with time is 3.
    package init(_ reason: ReasonCode) {
        self =
            switch reason {
            case .success: .accepted
            case .unsupportedProtocolVersion: .unacceptableProtocolVersion
            case .clientIDNotValid: .identifierRejected
            case .badUserNameOrPassword: .badUserNameOrPassword
            case .notAuthorized, .banned, .badAuthenticationMethod, .malformedPacket, .protocolError, .topicNameInvalid,
                .packetTooLarge, .payloadFormatInvalid, .retainNotSupported, .qosNotSupported:
                .notAuthorized
            default: .serverUnavailable
            }
    }

    /// The same in MQTT 5.
    package var reason: ReasonCode {
        switch self {
        case .accepted: .success
        case .unacceptableProtocolVersion: .unsupportedProtocolVersion
        case .identifierRejected: .clientIDNotValid
        case .serverUnavailable: .serverUnavailable
        case .badUserNameOrPassword: .badUserNameOrPassword
        case .notAuthorized: .notAuthorized
        }
    }
}
