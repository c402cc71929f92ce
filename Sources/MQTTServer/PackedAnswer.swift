import MQTTCodec

/// An acknowledgement that a batch owes besides the plain PUBACKs of telemetry.
struct PackedAnswer {
    enum Kind: UInt8 {
        case puback
        case pubrec
    }

    let packetID: UInt16
    let kind: Kind
    var reason: ReasonCode
    /// The number of the message in its broker turn, so that the broker's answer finds it; -1 when it was not brokered.
    let publishIndex: Int32
}
