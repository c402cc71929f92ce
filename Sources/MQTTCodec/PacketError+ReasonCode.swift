extension PacketError {
    /// What a server of MQTT 5 says of the fault in DISCONNECT, or in CONNACK when the packet was CONNECT.
    ///
    /// A packet that cannot be parsed is malformed; one that can, but says what the protocol does not allow, is a
    /// protocol error. Spec: MQTT 5.0 §1.2, §2.4, §4.13.1.
    package var reasonCode: ReasonCode {
        switch self.code {
        case .malformedFixedHeader, .malformedLength, .truncated, .trailingBytes, .malformedVariableByteInteger,
            .malformedString, .malformedConnectFlags, .malformedQoS, .malformedTopicName, .malformedTopicFilter,
            .malformedSubscriptionOptions, .reservedValue, .unknownProperty, .propertyNotAllowed:
            .malformedPacket
        case .packetIDZero, .noTopicName, .noTopicFilter, .subscriptionOptionNotAllowed, .reasonCodeNotAllowed,
            .propertyFromWrongSide, .duplicateProperty, .noAuthenticationMethod:
            .protocolError
        case .malformedProperty(.topicAlias): .topicAliasInvalid  // 0 is no alias [MQTT-3.3.2-8]
        case .malformedProperty: .protocolError
        case .packetTooLarge, .tooManyUserProperties: .packetTooLarge
        case .unknownProtocolName: .unsupportedProtocolVersion  // §3.1.2.1
        case .fieldTooLong: .implementationSpecificError  // ours, while writing
        }
    }
}
