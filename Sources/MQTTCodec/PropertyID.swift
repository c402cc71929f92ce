/// The properties of MQTT 5.0 and where each may stand. Spec: MQTT 5.0 §2.2.2.2, table 2-4.
package enum PropertyID: UInt8, Sendable, CaseIterable {
    case payloadFormat = 0x01
    case messageExpiry = 0x02
    case contentType = 0x03
    case responseTopic = 0x08
    case correlationData = 0x09
    case subscriptionID = 0x0B
    case sessionExpiry = 0x11
    case assignedClientID = 0x12
    case serverKeepAlive = 0x13
    case authenticationMethod = 0x15
    case authenticationData = 0x16
    case requestProblemInformation = 0x17
    case willDelay = 0x18
    case requestResponseInformation = 0x19
    case responseInformation = 0x1A
    case serverReference = 0x1C
    case reasonString = 0x1F
    case receiveMaximum = 0x21
    case topicAliasMax = 0x22
    case topicAlias = 0x23
    case maximumQoS = 0x24
    case retainAvailable = 0x25
    case userProperty = 0x26
    case packetSizeMax = 0x27
    case wildcardSubscriptionsAvailable = 0x28
    case subscriptionIDsAvailable = 0x29
    case sharedSubscriptionsAvailable = 0x2A

    /// The packets that may carry it.
    var owners: PropertyOwner.Set {
        switch self {
        case .payloadFormat, .messageExpiry, .contentType, .responseTopic, .correlationData: [.publish, .will]
        case .subscriptionID: [.publish, .subscribe]
        case .sessionExpiry: [.connect, .connack, .disconnect]
        case .authenticationMethod, .authenticationData: [.connect, .connack, .auth]
        case .requestProblemInformation, .requestResponseInformation: [.connect]
        case .willDelay: [.will]
        case .serverReference: [.connack, .disconnect]
        case .reasonString:
            [.connack, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .disconnect, .auth]
        case .receiveMaximum, .topicAliasMax, .packetSizeMax: [.connect, .connack]
        case .topicAlias: [.publish]
        case .assignedClientID, .serverKeepAlive, .responseInformation, .maximumQoS, .retainAvailable,
            .wildcardSubscriptionsAvailable, .subscriptionIDsAvailable, .sharedSubscriptionsAvailable:
            [.connack]
        case .userProperty: .all
        }
    }

    /// Whether a packet of this kind may carry it more than once.
    func mayRepeat(in owner: PropertyOwner) -> Bool {
        switch self {
        case .userProperty: true
        case .subscriptionID: owner == .publish  // one per matching subscription §3.3.2.3.8
        default: false
        }
    }

    /// Whether this side may send it in a packet of this kind.
    func mayCome(from sender: PacketSender?, in owner: PropertyOwner) -> Bool {
        switch (self, owner, sender) {
        case (.subscriptionID, .publish, .client): false  // [MQTT-3.3.4-6]
        case (.sessionExpiry, .disconnect, .server): false  // [MQTT-3.14.2-2]
        case (.serverReference, .disconnect, .client): false  // §3.14.2.2.5
        default: true
        }
    }
}
