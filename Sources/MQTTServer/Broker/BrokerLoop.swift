import DequeModule
import EventLog
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

/// What a ``BrokerLoop`` asks of the event loop's owner.
protocol BrokerLoopOwner: AnyObject {
    /// Something waits for ``BrokerLoop/endTurn()``.
    func brokerNeedsTurn()
    /// A notice of `_mqtt`, on the event loop.
    func journalCommitted(_ notice: CommitNotice)
    /// Makes telemetry of a message that no PUBLISH brought, such as a Will, when there is a rule.
    ///
    /// - Parameters:
    ///   - message: due now.
    ///   - principal: whose Will; `nil` when it is the gateway's own, or nobody knows any more.
    /// - Returns: whether subscribers get it, too.
    func ingest(_ message: BrokerMessage, from principal: Principal?) -> Bool
    /// The first message was dropped for a session since its queue had room.
    func sessionQueueFull(_ key: SessionKey)
}

/// What an ``Attachment`` asks of its connection; all on the event loop.
protocol BrokerSubscriber: AnyObject {
    /// ``Attachment/next(at:)`` has something; once per batch.
    func deliveriesReady()
    /// A newer connection has the session: close, and detach.
    func takenOver()
}

/// One event loop's way into the broker: routes what a turn published, journals it, and delivers to its connections.
///
/// ```
/// publish … publish ─► endTurn: one lock for all ─► records ─► `_mqtt` ─► notice ─► complete: one lock for all
///                                                                            own connections ◄─┴─► inboxes of other loops
/// ```
/// - Confined to its event loop.
/// - Nothing that is journaled reaches a subscriber, or a publisher's acknowledgement, before it is synced.
final class BrokerLoop {
    let broker: Broker
    let eventLoop: any EventLoop
    weak var owner: (any BrokerLoopOwner)?
    /// Whether `_mqtt` has more than it can write: publishers must not be read.
    private(set) var isHeldBack = false

    private(set) var slot: LoopSlot?
    private var appender: LogAppender?
    private var routes: [ByteBuffer: TopicRoute] = [:]
    private var pending: [PendingPublish] = []
    private var turn = BrokerTurn()
    /// Messages of ``turn`` that are routed and not yet staged begin here.
    private var stagedMessages = 0
    /// Messages of ``turn`` that are staged and not yet submitted: where they are in it, and among the records.
    private var unsubmitted: [(message: Int, record: Int)] = []
    /// Operations for the next record, and what follows when it is synced.
    private var operations: [JournalOperation] = []
    /// Those of them, and of what is staged and not submitted, that hold in memory already.
    private var irrevocable: [JournalOperation] = []
    /// Such operations that `_mqtt` did not take, for its next record.
    private var kept: [JournalOperation] = []
    /// What follows from those alone.
    private var keptEffects: [JournalEffect] = []
    private var settled: [(record: JournalRecord, session: BrokerSession)] = []
    /// PUBRELs of persistent sessions that came in this turn.
    private var releases: [(attachment: Attachment, packetID: UInt16, isKnown: Bool)] = []
    private var effects: [JournalEffect] = []
    private var committing: Deque<Submitted> = []
    /// Turns with a record that were given out and are not over, in order.
    var unfinished: Deque<BrokerTurn> = []
    private var flush: Scheduled<Void>?
    /// Looks whether `_mqtt` takes what was kept.
    private var retry: Scheduled<Void>?
    /// Deliveries that were not made, since the timer last looked.
    var tally = BrokerState.Drops()
    /// What waits in memory for the clients of this loop.
    var buffered: ByteBudget.Share
    var timer: Scheduled<Void>?
    /// Connections that have something to write.
    var ready: [Attachment] = []
    /// Whether somebody will tell them.
    var isTelling = false
    var items: [LoopSlot.Item] = []

    /// What one submit to `_mqtt` brings.
    private struct Submitted {
        let ticket: UInt64
        /// The turn that waits for it.
        let turn: BrokerTurn?
        let effects: [JournalEffect]
        let irrevocable: [JournalOperation]
    }

    /// How long it may take until it is durable that a message was acknowledged by its subscriber.
    private static let flushDelay = TimeAmount.milliseconds(100)
    private static let retryDelay = TimeAmount.seconds(1)
    /// Operations of one record at most: less than a record may have of bytes.
    private static let operationsMax = 100_000
    private static let operationTemplate = RecordTemplate(key: nil, partition: 0)

    /// Call on the event loop.
    init(broker: Broker, eventLoop: any EventLoop) {
        self.broker = broker
        self.eventLoop = eventLoop
        self.buffered = ByteBudget.Share(of: broker.budget)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        self.appender = broker.topic.makeAppender { notice in
            // On the topic's writer thread: one hop per loop and commit.
            eventLoop.execute { bound.value.committed(notice) }
        }
        let slot = LoopSlot(eventLoop: eventLoop, loop: self)
        self.slot = slot
        broker.add(slot)
    }

    // MARK: Publishing

    /// The route of a topic; a connection keeps that of its last topic.
    func route(for topic: ByteBuffer) -> TopicRoute {
        guard topic.readableBytes <= TopicRoute.topicBytesKept else {
            return TopicRoute(topic: ByteBuffer(bytes: topic.readableBytesView))
        }
        if let route = self.routes[topic] { return route }
        if self.routes.count >= self.broker.configuration.routesMax { self.routes.removeAll(keepingCapacity: true) }
        let route = TopicRoute(topic: ByteBuffer(bytes: topic.readableBytesView))
        self.routes[route.topic] = route
        return route
    }

    /// Gathers a message for the end of the turn.
    func publish(_ message: InboundMessage, on route: TopicRoute, from publisher: Attachment?) {
        let index = self.turn.publishCount
        self.turn.publishCount += 1
        self.gather(
            PendingPublish(
                kind: .routed(route),
                message: self.broker.message(message, topic: route.topic),
                publisher: publisher?.session,
                packetID: message.packetID,
                index: index
            ),
            from: publisher
        )
    }

    /// Gathers what is not a client's PUBLISH packet, or not for its topic's subscribers.
    func gather(_ publish: PendingPublish, from publisher: Attachment? = nil) {
        self.pending.append(publish)
        if publish.packetID != 0, let publisher, publisher.session.isPersistent {
            publisher.uncommitted += 1
            self.turn.origins.append((publisher, publish.packetID))
        }
    }

    /// Publishes a Will, or a message of the gateway's own, now.
    func publish(_ message: BrokerMessage, from principal: Principal?) {
        guard self.owner?.ingest(message, from: principal) ?? true else { return }
        self.gather(
            PendingPublish(
                kind: .routed(self.route(for: message.topic)),
                message: message,
                publisher: nil,
                packetID: 0,
                index: nil,
                owner: principal
            )
        )
        self.owner?.brokerNeedsTurn()
    }

    // MARK: Operations

    /// A session needs a message no more; journaled soon, nobody waits for it.
    func settle(_ record: JournalRecord, of session: BrokerSession, packetID: UInt16) {
        self.settled.append((record, session))
        self.settle(sequence: record.sequence, of: session, packetID: packetID)
    }

    /// A QoS 2 exchange is over.
    func settle(sequence: UInt64, of session: BrokerSession, packetID: UInt16) {
        self.add(.settled(session: session.number, sequence: sequence), isIrrevocable: true)
        if packetID >= BrokerSession.packetIDsOfQoS2.lowerBound { self.effects.append(.free(session, packetID)) }
        guard self.flush == nil else { return }
        self.flush = self.eventLoop.assumeIsolated()
            .scheduleTask(in: BrokerLoop.flushDelay) {
                self.flush = nil
                self.owner?.brokerNeedsTurn()
            }
    }

    /// Journals an operation.
    ///
    /// - Parameters:
    ///   - operation: What happened.
    ///   - effect: What waits until it is durable.
    ///   - isIrrevocable: Whether it holds in memory already: when `_mqtt` fails it is journaled when that is open again,
    ///     or a restart would undo it.
    func journal(_ operation: JournalOperation, then effect: JournalEffect? = nil, isIrrevocable: Bool) {
        self.add(operation, isIrrevocable: isIrrevocable)
        if let effect { return self.follow(with: effect) }
        self.owner?.brokerNeedsTurn()
    }

    /// What follows when all is durable that is gathered so far.
    func follow(with effect: JournalEffect) {
        self.effects.append(effect)
        effect.attachment?.uncommitted += 1
        self.owner?.brokerNeedsTurn()
    }

    private func add(_ operation: JournalOperation, isIrrevocable: Bool) {
        self.operations.append(operation)
        if isIrrevocable { self.irrevocable.append(operation) }
    }

    /// A client gives an identifier of its own free; PUBCOMP waits until that is durable.
    func release(_ packetID: UInt16, isKnown: Bool, of attachment: Attachment) {
        attachment.uncommitted += 1
        self.releases.append((attachment, packetID, isKnown))
        self.owner?.brokerNeedsTurn()
    }

    // MARK: The turn

    /// Routes all that was gathered under one lock, stages and submits it.
    func endTurn() -> TurnResult {
        guard let appender else { return .refused(.closed) }
        self.route()
        self.stage(into: appender)
        guard appender.stagedCount > 0 else {
            // Nothing of it is journaled, so that it waits for nothing.
            if !self.effects.isEmpty { self.apply(exchange(&self.effects, with: [])) }
            return self.finishTurn()
        }
        switch appender.submit() {
        case .accepted(let ticket):
            self.isHeldBack = self.broker.topic.isBackedUp
            self.submitted(ticket, firstOffset: appender.firstOffset)
            return self.finishTurn()
        case .refused(.backedUp):
            // What is staged stays; a notice follows.
            self.isHeldBack = true
            return .heldBack
        case .refused(let refusal):
            self.abandon()
            return .refused(refusal)
        }
    }

    private func finishTurn() -> TurnResult {
        guard !self.turn.isEmpty else { return .nothing }
        self.turn.awaitsSubmit = false
        self.stagedMessages = 0
        let turn = exchange(&self.turn, with: BrokerTurn())
        if turn.ticket > 0 { self.unfinished.append(turn) }
        return .turn(turn)
    }

    private func route() {
        guard !self.pending.isEmpty || !self.settled.isEmpty || !self.releases.isEmpty else { return }
        var full: [SessionKey] = []
        self.broker.withState { state in
            for (record, session) in self.settled { state.settle(record, session) }
            for publish in self.pending {
                guard let operation = state.route(publish, into: self.turn) else { continue }
                self.operations.append(operation)
                self.turn.awaitsSubmit = true
            }
            for (attachment, packetID, _) in self.releases {
                let session = attachment.session
                let sequence = session.held.removeValue(forKey: packetID) ?? 0
                self.add(
                    .released(session: session.number, sequence: sequence, packetID: packetID),
                    isIrrevocable: true
                )
            }
            state.drops.add(exchange(&self.tally, with: BrokerState.Drops()))
            full = exchange(&state.fullSessions, with: [])
        }
        for (attachment, packetID, isKnown) in exchange(&self.releases, with: []) {
            self.effects.append(.released(attachment, packetID: packetID, isKnown: isKnown))
        }
        self.settled.removeAll(keepingCapacity: true)
        self.pending.removeAll(keepingCapacity: self.pending.capacity <= 16_384)
        for key in full { self.owner?.sessionQueueFull(key) }
    }

    private func stage(into appender: LogAppender) {
        for index in self.stagedMessages..<self.turn.messages.count {
            guard self.turn.messages[index].record != nil else { continue }
            self.unsubmitted.append((index, appender.stagedCount))
            self.turn.awaitsSubmit = true
            self.turn.messages[index].stage(into: appender)
        }
        self.stagedMessages = self.turn.messages.count
        if !self.kept.isEmpty, self.broker.topic.unavailability == nil {
            // Before what happened since.
            self.operations = self.kept + self.operations
            self.irrevocable = self.kept + self.irrevocable
            self.effects += self.keptEffects
            self.kept = []
            self.keptEffects = []
        }
        while self.operations.count > BrokerLoop.operationsMax {
            let first = Array(self.operations.prefix(BrokerLoop.operationsMax))
            appender.stage(BrokerLoop.operationTemplate, value: ByteBuffer(bytes: JournalOperation.bytes(first)))
            self.operations.removeFirst(first.count)
        }
        guard !self.operations.isEmpty else { return }
        appender.stage(
            BrokerLoop.operationTemplate,
            value: ByteBuffer(bytes: JournalOperation.bytes(self.operations))
        )
        self.operations.removeAll(keepingCapacity: true)
    }

    private func submitted(_ ticket: UInt64, firstOffset: Int64) {
        for (message, record) in self.unsubmitted { self.turn.messages[message].offset = firstOffset + Int64(record) }
        self.unsubmitted.removeAll(keepingCapacity: true)
        if self.turn.awaitsSubmit { self.turn.ticket = ticket }
        let turn = self.turn.awaitsSubmit ? self.turn : nil
        guard turn != nil || !self.effects.isEmpty || !self.irrevocable.isEmpty else { return }
        self.committing.append(
            Submitted(
                ticket: ticket,
                turn: turn,
                effects: exchange(&self.effects, with: []),
                irrevocable: exchange(&self.irrevocable, with: [])
            )
        )
    }

    /// `_mqtt` takes nothing any more: nothing of the turn happens.
    private func abandon() {
        let lost = exchange(&self.turn, with: BrokerTurn())
        self.stagedMessages = 0
        self.unsubmitted = []
        let effects = exchange(&self.effects, with: [])
        self.keep(exchange(&self.irrevocable, with: []), effects)
        self.undo(effects)
        self.fail(lost)
    }

    /// Keeps operations that `_mqtt` did not take until it is open again.
    private func keep(_ operations: [JournalOperation], _ effects: [JournalEffect]) {
        self.kept += operations
        self.keptEffects += effects.filter(\.isKept)
        guard !self.kept.isEmpty, self.retry == nil, self.slot != nil else { return }
        self.retry = self.eventLoop.assumeIsolated()
            .scheduleTask(in: BrokerLoop.retryDelay) {
                self.retry = nil
                guard self.broker.topic.unavailability == nil else { return self.keep([], []) }
                // A turn may have taken them meanwhile.
                if !self.kept.isEmpty { self.owner?.brokerNeedsTurn() }
            }
    }

    // MARK: Commit notices

    private func committed(_ notice: CommitNotice) {
        self.isHeldBack = false
        self.isTelling = true
        while let first = self.committing.first, first.ticket <= notice.ticket {
            self.committing.removeFirst()
            switch notice.outcome {
            case .synced:
                first.turn?.isJournaled = true
                self.apply(first.effects)
            case .failed:
                first.turn?.isJournaled = false
                self.keep(first.irrevocable, first.effects)
                self.undo(first.effects)
            }
        }
        self.finishFailed()
        self.owner?.journalCommitted(notice)
        self.tellReady()
    }

    private func apply(_ effects: [JournalEffect]) {
        self.broker.withState { state in
            for effect in effects { effect.apply(to: state) }
        }
        for effect in effects {
            effect.apply()
            effect.attachment?.commit()
        }
    }

    private func undo(_ effects: [JournalEffect]) {
        for effect in effects {
            effect.undo()
            effect.attachment?.commit()
        }
    }

    /// The loop ends: what is still to be journaled is submitted, and no notice comes any more.
    func shutdown() {
        self.flush?.cancel()
        self.flush = nil
        self.retry?.cancel()
        self.retry = nil
        self.timer?.cancel()
        self.timer = nil
        _ = self.endTurn()
        // The appender's notices, and the broker, hold this object.
        self.appender = nil
        if let slot { self.broker.remove(slot) }
        self.slot = nil
    }
}
