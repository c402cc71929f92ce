extension ReasonCode: CustomStringConvertible {
    /// The specification's name with the number, such as `Not authorized (0x87)`.
    ///
    /// Of the three names of 0x00 it is the first.
    package var description: String {
        let number = String(self.rawValue, radix: 16, uppercase: true)
        return "\(self.name ?? "unknown") (0x\(self.rawValue < 0x10 ? "0" : "")\(number))"
    }

    /// The specification's name; `nil` when the code is not defined. §2.4, table 2-6
    package var name: String? {
        ReasonCode.definitions.first { $0.code == self }?.name
    }

    /// Whether a packet of this type may carry the code, sent by that side if one is given.
    ///
    /// Spec: MQTT 5.0 §2.4, table 2-6; who sends a DISCONNECT's: §3.14.2.1.
    package func isAllowed(in type: PacketType, from sender: PacketSender? = nil) -> Bool {
        guard ReasonCode.types[Int(self.rawValue)] & 1 << UInt16(type.rawValue) != 0 else { return false }
        guard type == .disconnect, let sender else { return true }
        return switch sender {
        case .client: ReasonCode.disconnectsOfClient.contains(self)
        case .server: self != .disconnectWithWill
        }
    }

    /// §3.14.2.1: what a client may say in DISCONNECT.
    private static let disconnectsOfClient: Set<ReasonCode> = [
        .normalDisconnection, .disconnectWithWill, .unspecifiedError, .malformedPacket, .protocolError,
        .implementationSpecificError, .topicNameInvalid, .receiveMaximumExceeded, .topicAliasInvalid, .packetTooLarge,
        .messageRateTooHigh, .quotaExceeded, .administrativeAction, .payloadFormatInvalid,
    ]

    /// By code, one bit per packet type that may carry it.
    private static let types: [UInt16] = {
        var types = [UInt16](repeating: 0, count: 256)
        for definition in ReasonCode.definitions {
            for type in definition.types { types[Int(definition.code.rawValue)] |= 1 << UInt16(type.rawValue) }
        }
        return types
    }()

    /// Table 2-6.
    private static let definitions: [(code: ReasonCode, name: String, types: [PacketType])] = {
        let answers: [PacketType] = [.connack, .puback, .pubrec, .suback, .unsuback, .disconnect]
        return [
            (
                .success, "Success",
                [.connack, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .disconnect, .auth]
            ),
            (.grantedQoS1, "Granted QoS 1", [.suback]),
            (.grantedQoS2, "Granted QoS 2", [.suback]),
            (.disconnectWithWill, "Disconnect with Will Message", [.disconnect]),
            (.noMatchingSubscribers, "No matching subscribers", [.puback, .pubrec]),
            (.noSubscriptionExisted, "No subscription existed", [.unsuback]),
            (.continueAuthentication, "Continue authentication", [.auth]),
            (.reauthenticate, "Re-authenticate", [.auth]),
            (.unspecifiedError, "Unspecified error", answers),
            (.malformedPacket, "Malformed Packet", [.connack, .disconnect]),
            (.protocolError, "Protocol Error", [.connack, .disconnect]),
            (.implementationSpecificError, "Implementation specific error", answers),
            (.unsupportedProtocolVersion, "Unsupported Protocol Version", [.connack]),
            (.clientIDNotValid, "Client Identifier not valid", [.connack]),
            (.badUserNameOrPassword, "Bad User Name or Password", [.connack]),
            (.notAuthorized, "Not authorized", answers),
            (.serverUnavailable, "Server unavailable", [.connack]),
            (.serverBusy, "Server busy", [.connack, .disconnect]),
            (.banned, "Banned", [.connack]),
            (.serverShuttingDown, "Server shutting down", [.disconnect]),
            (.badAuthenticationMethod, "Bad authentication method", [.connack, .disconnect]),
            (.keepAliveTimeout, "Keep Alive timeout", [.disconnect]),
            (.sessionTakenOver, "Session taken over", [.disconnect]),
            (.topicFilterInvalid, "Topic Filter invalid", [.suback, .unsuback, .disconnect]),
            (.topicNameInvalid, "Topic Name invalid", [.connack, .puback, .pubrec, .disconnect]),
            (.packetIDInUse, "Packet Identifier in use", [.puback, .pubrec, .suback, .unsuback]),
            (.packetIDNotFound, "Packet Identifier not found", [.pubrel, .pubcomp]),
            (.receiveMaximumExceeded, "Receive Maximum exceeded", [.disconnect]),
            (.topicAliasInvalid, "Topic Alias invalid", [.disconnect]),
            (.packetTooLarge, "Packet too large", [.connack, .disconnect]),
            (.messageRateTooHigh, "Message rate too high", [.disconnect]),
            (.quotaExceeded, "Quota exceeded", [.connack, .puback, .pubrec, .suback, .disconnect]),
            (.administrativeAction, "Administrative action", [.disconnect]),
            (.payloadFormatInvalid, "Payload format invalid", [.connack, .puback, .pubrec, .disconnect]),
            (.retainNotSupported, "Retain not supported", [.connack, .disconnect]),
            (.qosNotSupported, "QoS not supported", [.connack, .disconnect]),
            (.useAnotherServer, "Use another server", [.connack, .disconnect]),
            (.serverMoved, "Server moved", [.connack, .disconnect]),
            (.sharedSubscriptionsNotSupported, "Shared Subscriptions not supported", [.suback, .disconnect]),
            (.connectionRateExceeded, "Connection rate exceeded", [.connack, .disconnect]),
            (.maximumConnectTime, "Maximum connect time", [.disconnect]),
            (.subscriptionIDsNotSupported, "Subscription Identifiers not supported", [.suback, .disconnect]),
            (.wildcardSubscriptionsNotSupported, "Wildcard Subscriptions not supported", [.suback, .disconnect]),
        ]
    }()
}
