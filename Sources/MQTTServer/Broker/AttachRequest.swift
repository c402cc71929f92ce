/// What a CONNECT asks of the broker.
struct AttachRequest {
    var key: SessionKey
    /// Whether an earlier session ends now. [MQTT-3.1.2-4]
    var cleanStart: Bool
    /// Seconds the session outlives the connection; 0 ends it with the connection, 4294967295 never does. MQTT 3.1.1:
    /// the latter without clean session, else the former.
    var expirySeconds: UInt32
    /// QoS 1 and 2 messages the client takes at a time. [MQTT-3.3.4-9]
    var receiveMaximum: UInt16
    var will: BrokerWill?

    init(
        key: SessionKey,
        cleanStart: Bool,
        expirySeconds: UInt32,
        receiveMaximum: UInt16 = .max,
        will: BrokerWill? = nil
    ) {
        self.key = key
        self.cleanStart = cleanStart
        self.expirySeconds = expirySeconds
        self.receiveMaximum = receiveMaximum
        self.will = will
    }
}

/// Why a CONNECT gets no session.
enum AttachError: Error, Equatable {
    /// A still newer connection of the same key came while this one waited. [MQTT-3.1.4-3]
    case takenOver
    /// The session could not be stored: the operator's reason.
    case storeFailed(String)
    /// There are as many sessions as the broker keeps.
    case full
    /// Its principal has as many as one may have.
    case fullForPrincipal
    /// The broker stops.
    case closed
}
