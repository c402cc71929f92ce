package import NIOCore

/// What a server of MQTT 5 grants, refuses and limits. Spec: MQTT 5.0 §3.2.2.3.
package struct ConnackProperties: Equatable, Sendable {
    /// Seconds, when not the client's wish. §3.2.2.3.2
    package var sessionExpirySeconds: UInt32?
    /// PUBLISH of QoS 1 and 2 the server takes unacknowledged; not 0, `nil` is 65535. §3.2.2.3.3
    package var receiveMaximum: UInt16?
    /// The highest QoS the server serves, 0 or 1; `nil` is 2. [MQTT-3.2.2-9]
    package var maximumQoS: QoS?
    /// `nil` is true. §3.2.2.3.5
    package var retainAvailable: Bool?
    /// Bytes of the largest packet the server takes; not 0, `nil` is no limit. [MQTT-3.2.2-15]
    package var packetSizeMax: UInt32?
    /// The name of a client that gave none. [MQTT-3.2.2-16]
    package var assignedClientID: String?
    /// The highest alias the server takes; `nil` is 0, none. [MQTT-3.2.2-17]
    package var topicAliasMax: UInt16?
    package var reasonString: String?
    package var userProperties: [UserProperty]
    /// `nil` is true. §3.2.2.3.11
    package var wildcardSubscriptionsAvailable: Bool?
    /// `nil` is true. §3.2.2.3.12
    package var subscriptionIDsAvailable: Bool?
    /// `nil` is true. §3.2.2.3.13
    package var sharedSubscriptionsAvailable: Bool?
    /// Seconds the client uses instead of its own. [MQTT-3.2.2-21]
    package var serverKeepAliveSeconds: UInt16?
    package var responseInformation: String?
    package var serverReference: String?
    package var authenticationMethod: String?
    package var authenticationData: ByteBuffer?

    /// Properties; with none of them prefer `nil` to an empty value.
    package init(
        sessionExpirySeconds: UInt32? = nil,
        receiveMaximum: UInt16? = nil,
        maximumQoS: QoS? = nil,
        retainAvailable: Bool? = nil,
        packetSizeMax: UInt32? = nil,
        assignedClientID: String? = nil,
        topicAliasMax: UInt16? = nil,
        reasonString: String? = nil,
        userProperties: [UserProperty] = [],
        wildcardSubscriptionsAvailable: Bool? = nil,
        subscriptionIDsAvailable: Bool? = nil,
        sharedSubscriptionsAvailable: Bool? = nil,
        serverKeepAliveSeconds: UInt16? = nil,
        responseInformation: String? = nil,
        serverReference: String? = nil,
        authenticationMethod: String? = nil,
        authenticationData: ByteBuffer? = nil
    ) {
        self.sessionExpirySeconds = sessionExpirySeconds
        self.receiveMaximum = receiveMaximum
        self.maximumQoS = maximumQoS
        self.retainAvailable = retainAvailable
        self.packetSizeMax = packetSizeMax
        self.assignedClientID = assignedClientID
        self.topicAliasMax = topicAliasMax
        self.reasonString = reasonString
        self.userProperties = userProperties
        self.wildcardSubscriptionsAvailable = wildcardSubscriptionsAvailable
        self.subscriptionIDsAvailable = subscriptionIDsAvailable
        self.sharedSubscriptionsAvailable = sharedSubscriptionsAvailable
        self.serverKeepAliveSeconds = serverKeepAliveSeconds
        self.responseInformation = responseInformation
        self.serverReference = serverReference
        self.authenticationMethod = authenticationMethod
        self.authenticationData = authenticationData
    }
}
