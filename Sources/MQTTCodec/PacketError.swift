/// Bytes that are not an MQTT packet, or a packet that cannot be written as bytes.
package struct PacketError: Error, Equatable, Sendable {
    /// What is wrong.
    package enum Code: Equatable, Sendable {
        /// Packet type 0 or 15, or flags that the type forbids. [MQTT-2.2.2-2]
        case malformedFixedHeader
        /// Remaining Length longer than four bytes. §2.2.3
        case malformedLength
        /// The packet is longer than the receiver takes.
        case packetTooLarge(limit: Int)
        /// A field runs past the end of the packet.
        case truncated
        /// Bytes remain behind the last field.
        case trailingBytes
        /// Not UTF-8, or holds U+0000. [MQTT-1.5.3-1] [MQTT-1.5.3-2]
        case malformedString
        /// Packet identifier 0. [MQTT-2.3.1-1]
        case packetIDZero
        /// The protocol name is not `MQTT`. [MQTT-3.1.2-1]
        case unknownProtocolName
        /// Connect flags that contradict each other or set the reserved bit. [MQTT-3.1.2-3]
        case malformedConnectFlags
        /// QoS 3, or DUP on QoS 0. [MQTT-3.3.1-4] [MQTT-3.3.1-2]
        case malformedQoS
        /// An empty topic name, or one with a wildcard. [MQTT-3.3.2-2] [MQTT-4.7.3-1]
        case malformedTopicName
        /// An empty filter, or a wildcard that is not alone in its level. [MQTT-4.7.1-2] [MQTT-4.7.1-3]
        case malformedTopicFilter
        /// SUBSCRIBE or UNSUBSCRIBE without a filter. [MQTT-3.8.3-3] [MQTT-3.10.3-2]
        case noTopicFilter
        /// A CONNACK, SUBACK code or acknowledge flag that the specification reserves.
        case reservedValue
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
