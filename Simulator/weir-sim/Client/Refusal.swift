/// A CONNACK that trying again does not help.
///
/// Source: contract iothub-mqtt section 2, "CONNACK codes".
package enum Refusal: Hashable, Sendable {
    case protocolLevel
    case clientID
    case userName
    case credentials
}

extension Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .protocolLevel:
            "the gateway does not speak MQTT 3.1.1 (CONNACK 1): check the address"
        case .clientID:
            "the gateway refused the client id (CONNACK 2): check that the address is a Weir gateway's"
        case .userName:
            "the gateway cannot read the user name (CONNACK 4): check that the address is a Weir gateway's"
        case .credentials:
            "the gateway refused the device's credentials (CONNACK 5): it is disabled, was deleted or has another key, "
                + "or this machine's clock is wrong; look at it with `weir device show`"
        }
    }
}
