/// Bytes that are not an MQTT packet, or a packet that cannot be written as bytes.
package struct PacketError: Error, Equatable, Sendable {
    /// What is wrong.
    package enum Code: Equatable, Sendable {
        /// A packet type that the version reserves, or flags that the type forbids. [MQTT-2.1.3-1]
        case malformedFixedHeader
        /// Remaining Length longer than four bytes. §2.1.4
        case malformedLength
        /// The packet is longer than the receiver takes.
        case packetTooLarge(limit: Int)
        /// A field runs past the end of the packet, or a property past the end of its list.
        case truncated
        /// Bytes remain behind the last field.
        case trailingBytes
        /// A Property Length or identifier longer than four bytes. §1.5.5
        case malformedVariableByteInteger
        /// Not UTF-8, or holds U+0000. [MQTT-1.5.4-1] [MQTT-1.5.4-2]
        case malformedString
        /// Packet identifier 0. [MQTT-2.2.1-3]
        case packetIDZero
        /// The protocol name is not `MQTT`. [MQTT-3.1.2-1]
        case unknownProtocolName
        /// Connect flags that contradict each other or set the reserved bit. [MQTT-3.1.2-3]
        case malformedConnectFlags
        /// QoS 3, or DUP on QoS 0. [MQTT-3.3.1-4] [MQTT-3.3.1-2]
        case malformedQoS
        /// An empty topic name, or one with a wildcard. [MQTT-3.3.2-2] [MQTT-4.7.3-1]
        case malformedTopicName
        /// A PUBLISH of MQTT 5 with neither topic nor alias. §3.3.2.1
        case noTopicName
        /// An empty filter, or a wildcard that is not alone in its level. [MQTT-4.7.1-1] [MQTT-4.7.1-2]
        case malformedTopicFilter
        /// SUBSCRIBE or UNSUBSCRIBE without a filter. [MQTT-3.8.3-2] [MQTT-3.10.3-2]
        case noTopicFilter
        /// Reserved bits in the options of a subscription. [MQTT-3.8.3-5]
        case malformedSubscriptionOptions
        /// QoS 3, Retain Handling 3, or No Local on a shared subscription. §3.8.3.1 [MQTT-3.8.3-4]
        case subscriptionOptionNotAllowed
        /// A CONNACK, SUBACK code or acknowledge flag that the specification reserves.
        case reservedValue
        /// A reason code that this packet, or this side, may not send. §2.4
        case reasonCodeNotAllowed(ReasonCode)
        /// An identifier that no property has. §2.2.2.2
        case unknownProperty(Int)
        /// A property that this packet may not carry. §2.2.2.2
        case propertyNotAllowed(PropertyID)
        /// A property that only the other side may send. [MQTT-3.3.4-6] [MQTT-3.14.2-2]
        case propertyFromWrongSide(PropertyID)
        /// A property that may stand once and stands twice.
        case duplicateProperty(PropertyID)
        /// More user properties than this implementation takes in one packet.
        case tooManyUserProperties(limit: Int)
        /// A value that its property forbids, such as a Receive Maximum of 0.
        case malformedProperty(PropertyID)
        /// Authentication data without a method, or AUTH without one. §3.1.2.11.10, §3.15.2.2.2
        case noAuthenticationMethod
        /// While writing: a string or binary field over 65535 bytes, or a packet over 268435455.
        case fieldTooLong(bytes: Int)
    }

    package var code: Code
    /// Bytes from the start of the fixed header; 0 when writing.
    package var offset: Int

    /// A fault at a place.
    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}
