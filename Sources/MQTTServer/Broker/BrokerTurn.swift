import EventLog
import MQTTCodec
import MQTTProtocol

/// What one turn of an event loop published: routed and staged, delivered when it is durable.
///
/// Confined to its event loop.
final class BrokerTurn {
    /// The last submit to `_mqtt` that this turn waits for; 0: none.
    var ticket: UInt64 = 0
    /// Publishes, in the order of ``BrokerLoop/publish(_:on:from:)``, whose answer is not plain success: nobody
    /// subscribes (QoS 1 and 2). Ascending, mostly empty.
    var rejections: [(index: Int, reason: ReasonCode)] = []
    /// Publishes of the turn.
    var publishCount = 0
    /// What was routed, in order.
    var messages: [RoutedMessage] = []
    /// Connections with a QoS 2 publish in the turn whose session outlives them: they must not be gone before it is
    /// durable. Each with the publish's packet identifier.
    var origins: [(attachment: Attachment, packetID: UInt16)] = []
    /// Whether something of the turn is staged and waits for a submit.
    var awaitsSubmit = false
    /// Whether `_mqtt` has its records, synced: that cannot be undone. `nil`: not known yet.
    var isJournaled: Bool?
    /// Whether none of its publishes is answered.
    var isFailed = false

    var isEmpty: Bool { self.publishCount == 0 && self.messages.isEmpty && !self.awaitsSubmit }
}

/// What ``BrokerLoop/endTurn()`` came to.
enum TurnResult {
    /// Nothing was published, and nothing waits.
    case nothing
    /// Acknowledge when the turn's ticket is synced, then ``BrokerLoop/complete(_:)``.
    case turn(BrokerTurn)
    /// `_mqtt` takes nothing at the moment; the turn goes on growing, and a notice follows.
    case heldBack
    /// `_mqtt` failed: nothing of the turn is acknowledged.
    case refused(SubmitRefusal)
}

/// A message and who gets it.
struct RoutedMessage {
    let message: BrokerMessage
    /// Whose it is: No Local keeps it away from its own subscriptions.
    var publisher: BrokerSession?
    /// Subscribers; those that are in ``waiting`` are passed over.
    var direct: [Match<BrokerSession>] = []
    /// The member chosen of each shared subscription.
    var chosen: [Match<BrokerSession>] = []
    /// Persistent sessions that get it with QoS 1 or 2: they stand in the record.
    var waiting: [WaitingDelivery] = []
    /// Its record; `nil` when nothing of it is journaled.
    var record: JournalRecord?
    /// Whether it becomes its topic's retained message, or ends one.
    var setsRetained = false
    /// Set for a copy of a retained message: it is settled unsent when its topic has a later one.
    var sequenceMax: UInt64?
    /// What the retained set keeps free for it.
    var reservedBytes = 0
    /// Whose share that is.
    var owner: PrincipalUse?
    /// The QoS 2 publish it came with.
    var origin: JournalMessage.Origin?
    /// Set for a Will that waits; it is not delivered now.
    var will: JournaledWill?
    /// Place among the records of its submit, and then its offset.
    var offset: Int64 = -1

    init(message: BrokerMessage) {
        self.message = message
    }
}

/// A delivery that is journaled.
struct WaitingDelivery {
    let session: BrokerSession
    var qos: QoS
    var isRetained: Bool
    var packetID: UInt16
    var subscriptionIDs: [UInt32]
    /// Whether no connection could be sent it when it was routed.
    var wasAway: Bool
}
