import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

/// A publish that waits for the end of its turn.
struct PendingPublish {
    /// What is to be done with it.
    enum Kind {
        /// Goes to the subscribers of its topic.
        case routed(TopicRoute)
        /// A retained message for one new subscription of a persistent session. [MQTT-3.3.1-9]
        /// A later one than `sequenceMax` reaches the subscription as it is published.
        case retained(BrokerSession, Delivery, sequenceMax: UInt64)
        /// A Will that waits.
        case will(JournaledWill)
        /// Went elsewhere: only its identifier is held.
        case identifier
    }

    let kind: Kind
    let message: BrokerMessage
    /// Its client's session; `nil` for Wills.
    let publisher: BrokerSession?
    /// Of a QoS 2 publish; 0 otherwise.
    let packetID: UInt16
    /// Place in the turn; `nil` for what nobody counts.
    let index: Int?
    /// Whose it is when it has no publisher.
    var owner: Principal?
}

extension BrokerState {
    /// Finds out who gets a message, gives it its sequence, and notes who waits for it.
    ///
    /// - Returns: the message, and the operations to journal beside it.
    func route(_ publish: PendingPublish, into turn: BrokerTurn) -> JournalOperation? {
        var routed = RoutedMessage(message: publish.message)
        routed.publisher = publish.publisher
        switch publish.kind {
        case .identifier:
            return self.hold(publish, sequence: self.takeSequence())
        case .routed(let route):
            self.route(publish, over: route, into: &routed, turn)
        case .retained(let session, let delivery, let sequenceMax):
            self.wait(for: &routed, session, delivery, isRetained: true)
            routed.sequenceMax = sequenceMax
            guard !routed.waiting.isEmpty else { return nil }
        case .will(let will):
            guard !will.isOver else { return nil }
            routed.record = will.record
            routed.will = will
        }
        let isHeld = publish.packetID != 0 && publish.publisher?.isPersistent == true
        var operation: JournalOperation?
        if !routed.waiting.isEmpty || routed.setsRetained || routed.will != nil {
            let record =
                routed.record ?? JournalRecord(sequence: self.takeSequence(), expiresAt: publish.message.expiresAt)
            if routed.will == nil { record.bytes = JournalRecord.bytes(of: publish.message, routed.waiting.count) }
            for delivery in routed.waiting { self.note(delivery.session, waitsFor: record) }
            routed.record = record
            if isHeld, let publisher = publish.publisher {
                publisher.held[publish.packetID] = record.sequence
                routed.origin = JournalMessage.Origin(session: publisher.number, packetID: publish.packetID)
            }
            // A retained message, or its end, is needed from here on, though it is not visible yet.
            if routed.setsRetained { record.isRetained = true }
            if routed.will == nil { self.add(record) }
        } else if isHeld {
            operation = self.hold(publish, sequence: self.takeSequence())
        }
        turn.messages.append(routed)
        return operation
    }

    private func hold(_ publish: PendingPublish, sequence: UInt64) -> JournalOperation? {
        guard let publisher = publish.publisher, publisher.isPersistent, publish.packetID != 0 else { return nil }
        publisher.held[publish.packetID] = sequence
        return .accepted(session: publisher.number, sequence: sequence, packetID: publish.packetID)
    }

    private func route(
        _ publish: PendingPublish,
        over route: TopicRoute,
        into routed: inout RoutedMessage,
        _ turn: BrokerTurn
    ) {
        let message = publish.message
        self.drops.routed += 1
        let matches = route.matches(in: self)
        routed.direct = matches.direct
        for group in matches.groups {
            if let member = self.member(of: group, message.qos) { routed.chosen.append(member) }
        }
        if message.qos != .atMostOnce {
            if route.hasPersistent {
                for match in routed.direct { self.wait(for: &routed, match) }
            }
            for match in routed.chosen { self.wait(for: &routed, match) }
            if matches.isEmpty, let index = publish.index {
                turn.rejections.append((index, .noMatchingSubscribers))
            }
        }
        // One that is refused here has reached its subscribers: an error would make its publisher send it again.
        guard message.retain else { return }
        let isEnd = message.payload.readableBytes == 0
        let owner = publish.publisher?.use ?? publish.owner.map { self.use(of: $0) }
        routed.owner = owner
        if TopicLevels.count(of: message.topic) > TopicLevels.countMax {
            self.drops.retainedRefused += 1
        } else if isEnd {
            routed.setsRetained = true
        } else if self.reserveRetained(message, by: owner) {
            routed.setsRetained = true
            routed.reservedBytes = message.bytes
        }
    }

    /// The member that gets the message: a connected one in turn that has room, else for QoS 1 and 2 a persistent one.
    /// [MQTT-4.8.2-4]
    private func member(of group: SharedGroup<BrokerSession>, _ qos: QoS) -> Match<BrokerSession>? {
        let connected = group.nextAwake(
            where: { $0.attachment != nil },
            and: { qos == .atMostOnce || !$0.isClogged && (!$0.isPersistent || self.hasRoom($0)) }
        )
        if let connected { return connected }
        guard qos != .atMostOnce else { return nil }
        // When nobody has room it is dropped, and counted, for one of them.
        return group.next { $0.isPersistent && self.hasRoom($0) }
            ?? group.nextAwake(where: { $0.attachment != nil }, and: { _ in true })
    }

    private func hasRoom(_ session: BrokerSession) -> Bool {
        session.waitingCount < self.configuration.sessionQueueMax
            && self.waitingCount < self.configuration.sessionQueuesMax
            && session.use?.waitingCount ?? 0 < self.configuration.sessionQueuesShare
    }

    /// The identifier of a delivery, 0 with QoS 1; `nil` when the session's queue is full, or has its part of QoS 2.
    private func packetID(_ qos: QoS, for session: BrokerSession) -> UInt16? {
        guard self.hasRoom(session) else { return nil }
        guard qos == .exactlyOnce else { return 0 }
        guard session.packetIDs.count < self.configuration.sessionQueueQoS2Max else { return nil }
        return session.takePacketID()
    }

    private func wait(for routed: inout RoutedMessage, _ match: Match<BrokerSession>) {
        let session = match.subscriber
        guard session.isPersistent, let delivery = match.delivery(ofOwnMessage: session === routed.publisher) else {
            return
        }
        self.wait(
            for: &routed,
            session,
            delivery,
            isRetained: delivery.retainAsPublished && routed.message.retain
        )
    }

    /// Adds a persistent session to those the message waits for, unless its queue is full.
    private func wait(
        for routed: inout RoutedMessage,
        _ session: BrokerSession,
        _ delivery: Delivery,
        isRetained: Bool
    ) {
        let qos = min(delivery.qos, routed.message.qos)
        guard qos != .atMostOnce else { return }
        guard let packetID = self.packetID(qos, for: session) else { return self.drop(for: session) }
        // An expired message of QoS 2 is sent again only when it may have been sent, also after a restart. [MQTT-3.3.2-5]
        let wasAway = qos == .exactlyOnce && routed.message.expiresAt != nil && session.attachment == nil
        if wasAway { session.awaitsResume = true }
        routed.waiting.append(
            WaitingDelivery(
                session: session,
                qos: qos,
                isRetained: isRetained,
                packetID: packetID,
                subscriptionIDs: delivery.identifiers,
                wasAway: wasAway
            )
        )
    }

    private func drop(for session: BrokerSession) {
        self.drops.full += 1
        guard !session.isFull else { return }
        session.isFull = true
        self.fullSessions.append(session.key)
    }

    // MARK: Delivery

    /// A routed message is durable: it reaches its subscribers, or the queues of those that are away.
    func deliver(_ routed: RoutedMessage) {
        self.unreserve(routed.reservedBytes, by: routed.owner)
        if let record = routed.record {
            if record.offset < 0 { record.offset = routed.offset }
            if routed.setsRetained {
                // What is kept in memory must not hold on to what was read from a socket.
                record.isRetained = false
                self.setRetained(routed.message.detached(), record, by: routed.owner)
            }
            let isOutdated =
                routed.sequenceMax.map { self.retained(of: routed.message.topic, upTo: $0) == nil } ?? false
            for delivery in routed.waiting {
                if isOutdated {
                    // The subscription has what replaced it: this must not come behind that. [MQTT-4.6.0-6]
                    self.settle(record, delivery.session)
                    self.outdated.append(
                        Outdated(sequence: record.sequence, session: delivery.session, packetID: delivery.packetID)
                    )
                } else {
                    self.deliver(routed.message, record, delivery)
                }
            }
            self.release(record)
        }
        guard routed.will == nil else { return }
        for match in routed.direct { self.deliver(routed, to: match) }
        for match in routed.chosen { self.deliver(routed, to: match) }
    }

    private func deliver(_ message: BrokerMessage, _ record: JournalRecord, _ delivery: WaitingDelivery) {
        let session = delivery.session
        guard !session.isEnded else { return self.settle(record, session) }
        var queued = QueuedMessage(
            qos: delivery.qos,
            isRetained: delivery.isRetained,
            packetID: delivery.packetID,
            subscriptionIDs: delivery.subscriptionIDs,
            record: record,
            message: message
        )
        if let attachment = session.attachment { return self.post(queued, to: attachment) }
        queued.message = nil
        // Cannot refuse: the bound was checked when it was routed.
        _ = session.flow?.enqueue(queued)
    }

    private func deliver(_ routed: RoutedMessage, to match: Match<BrokerSession>) {
        let session = match.subscriber
        guard let attachment = session.attachment,
            let delivery = match.delivery(ofOwnMessage: session === routed.publisher)
        else { return }
        let qos = min(delivery.qos, routed.message.qos)
        if qos != .atMostOnce, session.isPersistent { return }
        let queued = QueuedMessage(
            qos: qos,
            isRetained: delivery.retainAsPublished && routed.message.retain,
            subscriptionIDs: delivery.identifiers,
            message: routed.message
        )
        self.post(queued, to: attachment)
    }

    private func post(_ message: QueuedMessage, to attachment: Attachment) {
        let slot = attachment.slot
        if message.record == nil, slot.inbox.count >= self.configuration.inboxMax {
            self.drops.slow += 1
            return
        }
        slot.inbox.append(LoopSlot.Item(attachment: attachment, message: message))
        guard !slot.isScheduled else { return }
        slot.isScheduled = true
        self.woken.append(slot)
    }

    /// A routed message is lost with its log: nobody waits for it.
    func forget(_ routed: RoutedMessage) {
        self.unreserve(routed.reservedBytes, by: routed.owner)
        guard let record = routed.record else { return }
        for delivery in routed.waiting {
            self.settle(record, delivery.session)
            // Nobody has seen it: it was never synced.
            delivery.session.packetIDs.remove(delivery.packetID)
            self.noteRoom(delivery.session)
        }
        if record.isRetained, self.retained.value(topic: routed.message.topic)?.record !== record {
            record.isRetained = false
        }
        record.isWill = false
        routed.will?.isOver = true
        self.release(record)
    }
}
