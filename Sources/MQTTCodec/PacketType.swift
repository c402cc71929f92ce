/// The control packet types and the flags each demands in its fixed header.
///
/// Spec: MQTT 5.0 §2.1.2, §2.1.3.
package enum PacketType: UInt8, Sendable, CaseIterable {
    case connect = 1
    case connack = 2
    case publish = 3
    case puback = 4
    case pubrec = 5
    case pubrel = 6
    case pubcomp = 7
    case subscribe = 8
    case suback = 9
    case unsubscribe = 10
    case unsuback = 11
    case pingreq = 12
    case pingresp = 13
    case disconnect = 14
    /// MQTT 5.0 only; 3.1.1 reserves the number. §3.15
    case auth = 15

    /// The lower four bits that the first byte must hold; `nil` for PUBLISH, whose flags carry meaning. [MQTT-2.1.3-1]
    package var reservedFlags: UInt8? {
        switch self {
        case .publish: nil
        case .pubrel, .subscribe, .unsubscribe: 0b0010  // [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1]
        case .connect, .connack, .puback, .pubrec, .pubcomp, .suback, .unsuback, .pingreq, .pingresp, .disconnect,
            .auth:
            0
        }
    }

    /// The first byte of a packet of this type other than PUBLISH.
    var firstByte: UInt8 {
        self.rawValue << 4 | (self.reservedFlags ?? 0)
    }
}
