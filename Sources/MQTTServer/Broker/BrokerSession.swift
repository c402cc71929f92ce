import MQTTProtocol
import TelemetryModel

/// A session: its subscriptions, and while no client is connected all that waits for it. Spec: MQTT 5.0 §4.1.
///
/// While a client is connected, its ``Attachment`` has the flow and the inbound identifiers, on the connection's loop.
final class BrokerSession: @unchecked Sendable {  // because its variables are used only under the broker's lock
    /// From the store and unique for ever; 0 for a session that ends with its connection.
    let number: Int64
    let key: SessionKey
    /// Seconds it outlives its connection.
    var expirySeconds: UInt32
    /// In the order in which they were made.
    var subscriptions: [Subscription] = []
    /// The connection.
    var attachment: Attachment?
    /// `nil` while a client is connected.
    var flow: OutboundFlow<QueuedMessage>?
    /// `nil` while a client is connected.
    var inbound: InboundQoS2?
    /// Of its principal.
    var use: PrincipalUse?
    /// Whether subscriptions were taken off that the store still has.
    var isUnsaved = false
    /// Journaled messages that are not settled.
    var waitingCount = 0
    /// Whether a message was dropped since there was room.
    var isFull = false
    /// Whether its connection has no room for another message of QoS 1 or 2.
    var isClogged = false
    /// Identifiers of QoS 2 deliveries, chosen at routing: free again when it is durable that the exchange is over.
    var packetIDs: Set<UInt16> = []
    private var lastPacketID = BrokerSession.packetIDsOfQoS2.upperBound
    /// QoS 2 deliveries whose PUBREC is durable: identifier and the message's sequence.
    var releases: [UInt16: UInt64] = [:]
    /// Identifiers of the client's QoS 2 publishes between PUBREC and PUBCOMP, each with its sequence.
    var held: [UInt16: UInt64] = [:]
    /// Whether a QoS 2 message with an expiry waits that was never sent, and the journal must say when it may have been.
    var awaitsResume = false
    /// The sequence up to which what waited may have been sent; durable.
    var resumedSequence: UInt64 = 0
    /// Waits for its delay; while a client is connected its ``Attachment`` has the Will.
    var will: JournaledWill?
    /// When its last connection ended; `nil` while there is one.
    var disconnectedAt: Timestamp?
    /// Of its entry in the ``DueQueue``.
    var dueAt: Timestamp?
    var isEnded = false

    /// Identifiers below are the flow's, for QoS 1.
    static let packetIDsOfQoS2: ClosedRange<UInt16> = 32_768...65_535

    init(number: Int64, key: SessionKey, expirySeconds: UInt32) {
        self.number = number
        self.key = key
        self.expirySeconds = expirySeconds
    }

    /// Whether it outlives its connection, and so its messages are journaled.
    var isPersistent: Bool { self.number != 0 }

    /// When it ends without a client; `nil` = never.
    var endsAt: Timestamp? {
        guard let disconnectedAt, self.expirySeconds != .max else { return nil }
        return Timestamp(milliseconds: disconnectedAt.milliseconds + Int64(self.expirySeconds) * 1_000)
    }

    /// An identifier for a QoS 2 delivery; `nil` when all are in use.
    func takePacketID() -> UInt16? {
        let range = BrokerSession.packetIDsOfQoS2
        guard self.packetIDs.count < range.count else { return nil }
        repeat {
            self.lastPacketID = self.lastPacketID == range.upperBound ? range.lowerBound : self.lastPacketID + 1
        } while !self.packetIDs.insert(self.lastPacketID).inserted
        return self.lastPacketID
    }
}

/// The place of a session key: its session, and whose turn it is to have it.
final class SessionSlot: @unchecked Sendable {  // because its variables are used only under the broker's lock
    let key: SessionKey
    var session: BrokerSession?
    /// Whether a connection has the session, is about to get it, or has not quite given it back.
    var isTaken = false
    /// A connection that waits for it: the newest.
    var waiter: WaitingAttach?
    /// Whether the connection that has it was told to go.
    var isTakenOver = false
    /// Whether its principal was deleted: whoever has the session now is the last one.
    var isRevoked = false
    /// What its principal may do, when that was changed while the place is taken.
    var permissions: TopicPermissions?
    let use: PrincipalUse

    init(key: SessionKey, use: PrincipalUse) {
        self.key = key
        self.use = use
    }
}
