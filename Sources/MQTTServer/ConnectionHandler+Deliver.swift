import CoreMetrics
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

extension ConnectionHandler: BrokerSubscriber {
    /// Bytes that gather before they are handed to the channel, which then says whether it takes more.
    private static let outgoingBytesMax = 64 << 10
    private static let budgetRetry = TimeAmount.milliseconds(100)

    func deliveriesReady() {
        self.pump()
        self.flushLater()
    }

    func takenOver() {
        self.close(.takenOver)
    }

    /// Writes what the broker has, as long as the client reads. Never waits, and never for another client.
    func pump() {
        guard let session, !self.isPumping else { return }
        self.isPumping = true
        defer { self.isPumping = false }
        let now = self.endpoint.configuration.clock()
        while self.takesDeliveries(session), let next = session.attachment.next(at: now) {
            switch next {
            case .publish(let publish): self.deliver(publish, session)
            case .pubrel(let packetID): self.send(.pubrel(PubrelPacket(packetID: packetID)))  // [MQTT-4.3.3-4]
            case .pubcomp(let packetID, let reason):
                if reason == .success { self.unacknowledged -= 1 }
                self.send(.pubcomp(PubcompPacket(packetID: packetID, reason: reason)))
            }
            if self.outgoing.readableBytes >= ConnectionHandler.outgoingBytesMax || self.endpoint.isOverBudget {
                self.flush()
            }
        }
    }

    /// Whether the client reads what it gets: the channel takes more, and while clients leave too much unread in all,
    /// has nothing left of what it took.
    private func takesDeliveries(_ session: Session) -> Bool {
        guard !self.isUnwritable, self.closeReason == nil else { return false }
        guard self.endpoint.isOverBudget else { return true }
        let unread = (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        guard unread > 0 else { return true }
        session.attachment.isWritable = false
        self.pumpLater()
        return false
    }

    /// Looks again whether the server may spend memory on this client; nothing else says so.
    private func pumpLater() {
        guard !self.isPumpScheduled else { return }
        self.isPumpScheduled = true
        self.loop.eventLoop.scheduleTask(in: ConnectionHandler.budgetRetry) {
            self.isPumpScheduled = false
            self.session?.attachment.isWritable = !self.isUnwritable
            self.pump()
            self.flush()
        }
    }

    private func deliver(_ publish: OutgoingPublish, _ session: Session) {
        let message = publish.message
        if publish.qos == .atMostOnce, publish.subscriptionIDs.isEmpty, publish.expirySeconds == nil,
            session.outboundAliases.countMax == 0
        {
            return self.deliverShared(message, isRetained: publish.isRetained, session)
        }
        var delivery = PublishEncoder.Delivery(
            qos: publish.qos,
            packetID: publish.packetID,
            isDuplicate: publish.isDuplicate,
            retain: publish.isRetained,
            messageExpirySeconds: publish.expirySeconds,
            subscriptionIDs: publish.subscriptionIDs
        )
        switch session.outboundAliases.use(for: message.topic) {
        case .topic: break
        case .assign(let alias): delivery.alias = .define(alias)
        case .alias(let alias): delivery.alias = .use(alias)
        }
        guard let encoder = self.loop.deliveries.encoder(of: message) else {
            return self.abandon(publish, delivery, session)
        }
        let size = encoder.packetSize(delivery, version: self.version)
        guard size <= session.peer.packetSizeMax else {
            return self.abandon(publish, delivery, session)  // [MQTT-3.1.2-25]
        }
        do throws(PacketError) {
            try encoder.encode(delivery, version: self.version, into: &self.outgoing)
        } catch {
            // Too large for any packet: as if it were too large for this client.
            return self.abandon(publish, delivery, session)
        }
        self.isOutgoingShared = false
        self.noteDelivered(bytes: size)
    }

    /// A message that this client cannot get: as if it were acknowledged.
    private func abandon(_ publish: OutgoingPublish, _ delivery: PublishEncoder.Delivery, _ session: Session) {
        if case .define = delivery.alias { session.outboundAliases.forget(publish.message.topic) }
        guard publish.qos != .atMostOnce else { return self.noteDropped() }
        self.loop.tally.dropped += 1
        session.attachment.abandon(publish)
    }

    /// QoS 0 without anything of this client's own: the bytes are the same for all, and written without a copy when
    /// nothing else is to be written.
    private func deliverShared(_ message: BrokerMessage, isRetained: Bool, _ session: Session) {
        guard let bytes = self.loop.deliveries.packet(of: message, isRetained: isRetained, version: self.version) else {
            return self.noteDropped()
        }
        guard bytes.readableBytes <= session.peer.packetSizeMax else { return self.noteDropped() }  // [MQTT-3.1.2-25]
        if self.outgoing.readableBytes == 0 {
            self.outgoing = bytes
            self.isOutgoingShared = true
        } else {
            self.outgoing.writeImmutableBuffer(bytes)
            self.isOutgoingShared = false
        }
        self.noteDelivered(bytes: bytes.readableBytes)
    }

    private func noteDelivered(bytes: Int) {
        self.deliveredBytes += bytes
        self.loop.tally.delivered += 1
    }

    private func noteDropped() {
        self.droppedMessages += 1
        self.loop.tally.dropped += 1
    }
}
