import DequeModule
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

extension Attachment {
    /// Makes one subscription, and looks for its retained messages.
    ///
    /// - Parameters:
    ///   - subscription: granted, and no hub filter.
    ///   - visitsLeft: nodes this SUBSCRIBE may still look at; what more there is comes in slices.
    func enter(_ subscription: Subscription, _ visitsLeft: inout Int) {
        let session = self.session
        let isFull = self.backlog.copies.count >= RetainedBacklog.copiesMax
        var found: [BrokerMessage] = []
        var sequenceMax: UInt64?
        var isComplete = true
        var end = 0
        self.loop.broker.withState { state in
            let isNew = state.tree.subscribe(subscription, by: session)
            guard subscription.wantsRetained(isNew: isNew) else { return }
            sequenceMax = state.lastSequence
            end = state.retained.placeCount
            let visitsMax = isFull ? 0 : min(visitsLeft, RetainedBacklog.firstVisitsMax)
            let search = state.retained.search(filter: subscription.filter, visitsMax: visitsMax)
            visitsLeft -= search.visits
            let room = subscription.qos == .atMostOnce ? .max : self.journalRoom
            isComplete = search.isComplete && search.values.count <= room
            if isComplete { found = search.values.map(\.message) }
        }
        guard let sequenceMax else { return }
        if isComplete {
            for message in found { self.take(message, subscription.retainedDelivery, sequenceMax) }
        } else {
            let scan = RetainedBacklog.Scan(subscription: subscription, sequenceMax: sequenceMax, end: end)
            self.backlog.scans.append(scan)
        }
    }

    /// All subscriptions of a SUBSCRIBE are made: what was found may flow, the rest is searched for.
    func startRetained() {
        guard !self.backlog.isEmpty else { return }
        // One filter that matches everything finds everything.
        let visitsMax = self.loop.broker.configuration.retainedVisitsMax
        self.backlog.visitsLeft = max(visitsMax, self.backlog.scans.first?.end ?? 0)
        self.searchSoon()
        self.noteReady()
    }

    /// A retained message was found. One that a persistent session must acknowledge goes through the journal like any
    /// other.
    private func take(_ message: BrokerMessage, _ delivery: Delivery, _ sequenceMax: UInt64) {
        guard self.session.isPersistent, min(delivery.qos, message.qos) != .atMostOnce else {
            return self.backlog.add(
                RetainedBacklog.Copy(topic: message.topic, delivery: delivery, sequenceMax: sequenceMax)
            )
        }
        self.loop.gather(
            PendingPublish(
                kind: .retained(self.session, delivery, sequenceMax: sequenceMax),
                message: message,
                publisher: nil,
                packetID: 0,
                index: nil
            )
        )
        self.loop.owner?.brokerNeedsTurn()
    }

    // MARK: The search

    /// Goes on with the search after what the event loop has to do, unless enough was found.
    private func searchSoon(in delay: TimeAmount = .zero) {
        guard !self.isSearching, !self.backlog.scans.isEmpty,
            self.backlog.copies.count < RetainedBacklog.copiesEnough
        else { return }
        self.isSearching = true
        let loop = self.loop.eventLoop.assumeIsolated()
        if delay == .zero {
            loop.execute { self.search() }
        } else {
            loop.scheduleTask(in: delay) { self.search() }
        }
    }

    /// Copies that the session's queue should take now; under the broker's lock.
    private var journalRoom: Int {
        guard self.session.isPersistent else { return .max }
        let queueMax = self.loop.broker.configuration.sessionQueueMax
        return min(RetainedBacklog.journaledMax, queueMax) - self.session.waitingCount
    }

    /// A slice of the search.
    private func search() {
        self.isSearching = false
        guard var scan = self.backlog.scans.first else { return }
        // What is found goes to the journal, and that takes nothing at the moment.
        guard !self.loop.isHeldBack || !self.session.isPersistent else { return self.searchSoon(in: .milliseconds(10)) }
        var found: [BrokerMessage] = []
        var isPaused = false
        self.loop.broker.withState { state in
            let room = scan.subscription.qos == .atMostOnce ? .max : self.journalRoom
            let nodesMax = min(RetainedBacklog.sliceVisits, scan.end - scan.place, room)
            isPaused = room <= 0
            guard !isPaused else { return }
            let slice = state.retained.scan(from: &scan.place, nodesMax: nodesMax)
            self.backlog.visitsLeft -= slice.visits
            found = slice.values
                .filter { $0.record.sequence <= scan.sequenceMax && scan.subscription.matches(topic: $0.message.topic) }
                .map(\.message)
        }
        // The client has to acknowledge what it has.
        guard !isPaused else { return self.searchSoon(in: .milliseconds(20)) }
        for message in found { self.take(message, scan.subscription.retainedDelivery, scan.sequenceMax) }
        if scan.place < scan.end {
            self.backlog.scans[0] = scan
        } else {
            self.backlog.scans.removeFirst()
        }
        if self.backlog.visitsLeft <= 0, !self.backlog.scans.isEmpty {
            self.backlog.scans = []
            self.drop(&self.loop.tally.full)
        }
        self.searchSoon()
        if !self.backlog.copies.isEmpty { self.noteReady() }
    }

    // MARK: Sending

    /// The next retained message of QoS 0; one of QoS 1 or 2 becomes the flow's next. [MQTT-3.3.1-8]
    func nextRetained(at now: Timestamp) -> OutgoingPublish? {
        guard !self.backlog.isEmpty else { return nil }
        defer { self.searchSoon() }
        while let copy = self.backlog.copies.first {
            let message = self.current(copy)
            let qos = min(copy.delivery.qos, message?.qos ?? .atMostOnce)
            guard qos == .atMostOnce || self.session.isPersistent || self.flow.isOpen && !self.isOverBudget else {
                return nil
            }
            self.backlog.removeFirst()
            guard let message else { continue }
            let queued = QueuedMessage(
                qos: qos,
                isRetained: true,
                subscriptionIDs: copy.delivery.identifiers,
                message: message
            )
            guard let publish = self.publish(queued, 0, false, at: now) else {
                self.loop.tally.expired += 1
                continue
            }
            if qos == .atMostOnce { return publish }
            guard self.session.isPersistent else {
                self.flow.push(queued)
                return nil
            }
            self.take(message, copy.delivery, copy.sequenceMax)
        }
        return nil
    }

    /// What is retained now of a topic; `nil` when the subscription got that as it was published, or nothing is.
    private func current(_ copy: RetainedBacklog.Copy) -> BrokerMessage? {
        var message: BrokerMessage?
        self.loop.broker.withState { message = $0.retained(of: copy.topic, upTo: copy.sequenceMax) }
        return message
    }
}

extension BrokerState {
    /// The retained message of a topic, unless it is later than `sequenceMax`.
    func retained(of topic: ByteBuffer, upTo sequenceMax: UInt64) -> BrokerMessage? {
        guard let value = self.retained.value(topic: topic), value.record.sequence <= sequenceMax else { return nil }
        return value.message
    }
}

extension Subscription {
    /// How its retained messages are sent.
    fileprivate var retainedDelivery: Delivery {
        Delivery(qos: self.qos, identifiers: self.identifier.map { [$0] } ?? [])
    }
}
