/// The receiving side of QoS 2 for one session: the identifiers between PUBREC and PUBCOMP. Spec: MQTT 5.0 §4.3.3.
///
/// Lives as long as the session: a PUBLISH sent again after a reconnect must not count twice. [MQTT-4.3.3-10]
package struct InboundQoS2: Sendable {
    /// What a PUBLISH of QoS 2 is.
    package enum Receipt: Equatable, Sendable {
        /// A message to be taken; PUBREC follows when it is durable.
        case new
        /// The same message again: PUBREC, and nothing else.
        case repeated
        /// The same message again, for the first time since a restart: its identifier was journaled, but what else was made of
        /// it may not have reached its own log before the crash. Only that is made again, so it is there at least once;
        /// subscribers get nothing.
        case recovered
        /// More exchanges than the server's Receive Maximum: 0x93. [MQTT-3.3.4-7]
        case receiveMaximumExceeded
    }

    /// The server's Receive Maximum, at least 1.
    package let countMax: Int
    private var identifiers: Set<UInt16> = []
    /// Those of ``identifiers`` that stand in the journal of before a restart, and whose PUBLISH did not come since.
    private var recovered: Set<UInt16> = []

    /// A session's exchanges, none yet.
    package init(countMax: Int) {
        precondition(countMax > 0, "a Receive Maximum is at least 1")
        self.countMax = countMax
    }

    /// Exchanges that wait for PUBREL.
    package var count: Int { self.identifiers.count }

    package func contains(_ packetID: UInt16) -> Bool { self.identifiers.contains(packetID) }

    /// PUBLISH with QoS 2 came.
    package mutating func receive(_ packetID: UInt16) -> Receipt {
        if self.identifiers.contains(packetID) {
            return self.recovered.remove(packetID) == nil ? .repeated : .recovered
        }
        guard self.identifiers.count < self.countMax else { return .receiveMaximumExceeded }
        self.identifiers.insert(packetID)
        return .new
    }

    /// PUBREL came, or PUBREC was sent with an error: the identifier is free. [MQTT-4.3.3-11]
    ///
    /// - Returns: whether it was known; PUBCOMP of MQTT 5 says 0x92 when it was not.
    package mutating func release(_ packetID: UInt16) -> Bool {
        self.recovered.remove(packetID)
        return self.identifiers.remove(packetID) != nil
    }

    /// An identifier of before a restart, from the journal; the bound does not apply to it.
    package mutating func recover(_ packetID: UInt16) {
        self.identifiers.insert(packetID)
        self.recovered.insert(packetID)
    }
}
