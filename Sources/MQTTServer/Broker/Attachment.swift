import DequeModule
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

/// A connection's hold on its session: what it sends, what it received with QoS 2, its subscriptions.
///
/// - Confined to the event loop of its ``BrokerLoop``; others pass the reference on and touch nothing.
/// - ``detach(publishesWill:expirySeconds:)`` is called once. The session is free for the next connection when all
///   that this one began is durable.
final class Attachment: @unchecked Sendable {  // because only its event loop uses it
    let loop: BrokerLoop
    let session: BrokerSession
    let slot: LoopSlot
    /// Whether CONNACK says so. [MQTT-3.2.2-2]
    let sessionPresent: Bool
    /// What CONNACK says when it is less than was asked for.
    let grantedExpirySeconds: UInt32
    /// Of the session, hub filters included.
    var subscriptions: [Subscription]
    /// Whether the client reads: while it does not, QoS 0 messages are dropped.
    var isWritable = true
    /// Deliveries that were not made on this connection.
    private(set) var droppedMessages = 0
    /// QoS 2 publishes and operations of this connection that are not durable.
    var uncommitted = 0
    var flow: OutboundFlow<QueuedMessage>
    var inbound: InboundQoS2
    /// Of CONNECT, journaled; given to the broker when the connection ends.
    let will: JournaledWill?
    /// `nil` when the connection ended.
    private var subscriber: (any BrokerSubscriber)?
    private var isOpen = false
    private var isReady = false
    /// What the client may have of the messages up to this sequence.
    private var judged: (permissions: TopicPermissions, upTo: UInt64)?
    /// QoS 0 messages.
    private var unacknowledged: Deque<QueuedMessage> = []
    private var unacknowledgedBytes = 0
    /// Retained messages for new subscriptions.
    var backlog = RetainedBacklog()
    /// Whether a slice of their search will come.
    var isSearching = false
    /// Whether a message was dropped since the flow had room, and the broker knows.
    private var isClogged = false
    /// Bytes of QoS 1 and 2 in flight that stand in no log.
    private var flightBytes = 0
    /// What the hub sends here; `nil` as long as it sent nothing.
    var hub: HubOutbox?
    /// What this connection has told the loop's ``BrokerLoop/buffered``.
    private var bufferedBytes = 0
    /// PUBRELs and PUBCOMPs to write.
    var answers: Deque<Outgoing> = []
    private var end: (() -> Void)?

    init(
        loop: BrokerLoop,
        slot: LoopSlot,
        session: BrokerSession,
        sessionPresent: Bool,
        flow: OutboundFlow<QueuedMessage>,
        inbound: InboundQoS2,
        will: JournaledWill?,
        subscriber: any BrokerSubscriber
    ) {
        self.loop = loop
        self.slot = slot
        self.session = session
        self.sessionPresent = sessionPresent
        self.grantedExpirySeconds = session.expirySeconds
        self.subscriptions = session.subscriptions
        self.flow = flow
        self.inbound = inbound
        self.will = will
        self.subscriber = subscriber
    }

    private var configuration: Broker.Configuration { self.loop.broker.configuration }

    // MARK: From the broker

    /// CONNACK is written: what waits may flow.
    ///
    /// - Parameter permissions: what was queued before, for topics that they do not cover any more, is abandoned.
    func open(permissions: TopicPermissions? = nil) {
        self.isOpen = true
        if let permissions, !self.flow.isIdle {
            self.loop.broker.withState { state in self.judged = (permissions, state.lastSequence) }
        }
        self.noteReady()
    }

    /// A message for this client.
    func offer(_ message: QueuedMessage) {
        if message.qos == .atMostOnce {
            guard self.subscriber != nil else { return }
            guard self.isWritable, self.unacknowledged.count < self.configuration.transientQueueMax,
                self.unacknowledgedBytes <= self.configuration.clientQueueBytesMax, !self.isOverBudget
            else { return self.drop(&self.loop.tally.slow) }
            self.unacknowledged.append(message)
            self.unacknowledgedBytes += message.byteCount
        } else {
            let isPosition = self.subscriber == nil || self.isOverBudget
            guard !isPosition || self.subscriber == nil || message.record != nil,
                self.flow.enqueue(isPosition ? message.keptForResend() : message)
            else {
                self.tell(isClogged: true)
                return self.drop(&self.loop.tally.full)
            }
        }
        self.account()
        self.noteReady()
    }

    /// Whether something waits here already, and too much in all.
    var isOverBudget: Bool { self.bufferedBytes > 0 && self.loop.buffered.isOver() }

    /// Tells the broker whether the flow has no room, so that shared subscriptions choose another member.
    private func tell(isClogged: Bool) {
        guard self.isClogged != isClogged else { return }
        self.isClogged = isClogged
        self.loop.broker.withState { _ in self.session.isClogged = isClogged }
    }

    /// Tells the loop what waits in memory.
    private func account() {
        guard self.subscriber != nil else { return }
        let bytes = self.unacknowledgedBytes + self.flow.queuedBytes + self.flightBytes
        guard bytes != self.bufferedBytes else { return }
        self.loop.buffered.add(bytes - self.bufferedBytes)
        self.bufferedBytes = bytes
    }

    func drop(_ count: inout Int) {
        count += 1
        self.droppedMessages += 1
    }

    func noteReady() {
        guard !self.isReady, self.isOpen, self.subscriber != nil else { return }
        self.isReady = true
        self.loop.note(ready: self)
    }

    func tellReady() {
        self.isReady = false
        self.subscriber?.deliveriesReady()
    }

    func tellTakenOver() {
        self.subscriber?.takenOver()
    }

    // MARK: Server to client

    /// What to write next; `nil` when nothing waits, the window is full, or bodies are being read.
    func next(at now: Timestamp) -> Outgoing? {
        defer {
            self.account()
            if self.isClogged, self.flow.queued < self.flow.messagesMax { self.tell(isClogged: false) }
        }
        if let answer = self.answers.popFirst() { return answer }
        if let publish = self.nextOfHub(at: now) { return .publish(publish) }
        if let publish = self.nextRetained(at: now) { return .publish(publish) }
        while let step = self.flow.next() {
            switch step {
            case .publish(let message, let packetID, let isDuplicate):
                if self.mayHave(message), let publish = self.publish(message, packetID, isDuplicate, at: now) {
                    if message.record == nil { self.flightBytes += message.byteCount }
                    return .publish(publish)
                }
                self.loop.tally.expired += 1
                self.flow.discard(packetID: packetID)
                self.settle(message, packetID)
            case .release(let packetID):
                return .pubrel(packetID)
            case .needsBody(let messages, let ticket):
                self.load(messages, ticket)
            }
        }
        while let message = self.unacknowledged.popFirst() {
            self.unacknowledgedBytes -= message.byteCount
            if let publish = self.publish(message, 0, false, at: now) { return .publish(publish) }
            self.loop.tally.expired += 1
        }
        return nil
    }

    /// Whether the client may have a message that was queued before it came: the subscription may be revoked since.
    private func mayHave(_ queued: QueuedMessage) -> Bool {
        guard let judged, let record = queued.record, record.sequence <= judged.upTo, let message = queued.message
        else {
            return true
        }
        return judged.permissions.allowsDelivery(topic: message.topic)
    }

    /// The packet of a message; `nil` when its life is over. [MQTT-3.3.2-5] What may have been sent with QoS 2 is
    /// sent again whatever its life. [MQTT-4.3.3-7]
    func publish(
        _ queued: QueuedMessage,
        _ packetID: UInt16,
        _ isDuplicate: Bool,
        at now: Timestamp
    ) -> OutgoingPublish? {
        guard let message = queued.message else { return nil }
        var expirySeconds: UInt32?
        if let expiresAt = message.expiresAt {
            guard now < expiresAt || isDuplicate && queued.qos == .exactlyOnce else { return nil }
            expirySeconds = UInt32(clamping: (expiresAt.milliseconds - now.milliseconds + 999) / 1_000)
        }
        return OutgoingPublish(
            message: message,
            qos: queued.qos,
            isRetained: queued.isRetained,
            isDuplicate: isDuplicate,
            packetID: packetID,
            subscriptionIDs: queued.subscriptionIDs,
            expirySeconds: expirySeconds
        )
    }

    /// Reads bodies back from the log; the flow waits meanwhile.
    private func load(_ messages: [QueuedMessage], _ ticket: OutboundFlow<QueuedMessage>.LoadTicket) {
        self.loop.load(messages.map(\.record)) { bodies in
            var supplied: [QueuedMessage?] = []
            var lost: [QueuedMessage] = []
            for (message, body) in zip(messages, bodies) {
                var message = message
                message.message = body
                supplied.append(body == nil ? nil : message)
                if body == nil { lost.append(message) }
            }
            guard self.flow.supply(supplied, for: ticket) else { return }
            self.account()
            for message in lost {
                self.loop.tally.expired += 1
                self.settle(message, message.packetID)
            }
            self.noteReady()
        }
    }

    /// PUBACK; false when nothing of that identifier is in flight.
    func puback(_ packetID: UInt16) -> Bool {
        guard case .settled(let message) = self.flow.puback(packetID: packetID) else { return false }
        if self.endOfHub(packetID, .acknowledged) { return true }
        self.landed(message)
        self.settle(message, packetID)
        return true
    }

    /// PUBREC; false when nothing of that identifier is in flight: PUBREL then says 0x92.
    func pubrec(_ packetID: UInt16, _ reason: ReasonCode) -> Bool {
        switch self.flow.pubrec(packetID: packetID, reason: reason) {
        case .settled(let message):
            self.landed(message)
            self.settle(message, packetID)
        case .recordThenRelease:
            self.record(packetID)
        case .release(_, .success):
            self.answers.append(.pubrel(packetID))
        case .release, .violation:
            return false
        case .none:
            return !reason.isError
        }
        return true
    }

    /// The client has a QoS 2 message: PUBREL waits until that is durable. [MQTT-4.3.3-4]
    private func record(_ packetID: UInt16) {
        guard self.session.isPersistent, let record = self.flow.message(packetID: packetID)?.record else {
            return self.recorded(packetID)
        }
        self.loop.journal(
            .received(session: self.session.number, sequence: record.sequence, packetID: packetID),
            then: .received(self, packetID: packetID, sequence: record.sequence, record),
            isIrrevocable: false
        )
    }

    /// It is durable that the client has the message.
    func recorded(_ packetID: UInt16) {
        guard case .release = self.flow.recorded(packetID: packetID) else { return }
        self.answers.append(.pubrel(packetID))
        self.noteReady()
    }

    /// PUBCOMP; false when it answers nothing.
    func pubcomp(_ packetID: UInt16) -> Bool {
        guard case .settled(let message) = self.flow.pubcomp(packetID: packetID) else { return false }
        self.landed(message)
        if let record = message.record {
            self.loop.settle(sequence: record.sequence, of: self.session, packetID: packetID)
        }
        return true
    }

    /// A message that cannot be sent to this client, as if it were acknowledged. [MQTT-3.1.2-25]
    func abandon(_ publish: OutgoingPublish) {
        self.droppedMessages += 1
        guard publish.packetID != 0, let message = self.flow.message(packetID: publish.packetID) else { return }
        self.flow.discard(packetID: publish.packetID)
        if self.endOfHub(publish.packetID, .lost) { return }
        self.landed(message)
        self.settle(message, publish.packetID)
    }

    /// A message in flight need not be kept any more.
    private func landed(_ message: QueuedMessage) {
        guard message.record == nil else { return }
        self.flightBytes -= message.byteCount
        self.account()
    }

    private func settle(_ message: QueuedMessage, _ packetID: UInt16) {
        guard let record = message.record else { return }
        self.loop.settle(record, of: self.session, packetID: packetID)
    }

    // MARK: The end

    /// Something that this connection began is durable, or lost with the log.
    func commit() {
        self.uncommitted -= 1
        self.finishIfDone()
    }

    /// The connection ended: gives the session back, now or when all is durable.
    ///
    /// - Parameters:
    ///   - publishesWill: whether the Will is published, at once or after its delay.
    ///   - expirySeconds: the session's new life from DISCONNECT; `nil` leaves it.
    func detach(publishesWill: Bool, expirySeconds: UInt32? = nil) {
        guard self.subscriber != nil else { return }
        self.subscriber = nil
        self.isOpen = false
        self.loop.buffered.add(-self.bufferedBytes)
        self.bufferedBytes = 0
        self.unacknowledged = []
        self.unacknowledgedBytes = 0
        self.backlog = RetainedBacklog()
        self.answers = []
        self.detachHub()
        self.flow.detach()
        self.end = { self.loop.finish(self, publishesWill: publishesWill, expirySeconds: expirySeconds) }
        self.finishIfDone()
    }

    private func finishIfDone() {
        guard self.uncommitted == 0, let end = exchange(&self.end, with: nil) else { return }
        end()
    }
}
