import HubProtocol
import MQTTCodec
import MQTTProtocol
import NIOCore

extension ConnectionHandler {
    /// A PUBLISH about the twin, or the answer to a method.
    ///
    /// Of a request that has an answer PUBACK follows that: azure-iot-device sends one without PUBACK again on its next
    /// connection, and waits for ever for an answer that was lost behind its PUBACK. Nothing more is read meanwhile, so that
    /// acknowledgements keep their order. [MQTT-4.6.0-2] Contract iothub-mqtt sections 4 to 8.
    func receive(_ request: HubRequest, _ publish: PublishPacket, _ session: Session) {
        guard publish.qos != .exactlyOnce else { return self.close(.qosNotSupported) }
        guard let hub = self.endpoint.hub, let link = session.link else { return self.close(.notSupported) }
        // The read buffer is not kept alive for a request that waits.
        hub.received(request, payload: ByteBuffer(bytes: publish.payload.readableBytesView), on: link)
        guard publish.qos == .atLeastOnce else {
            self.loop.tally.receivedQoS0 += 1
            return self.owe(publish, .success, publishIndex: -1)
        }
        self.loop.tally.receivedQoS1 += 1
        guard request.isAnswered else { return self.owe(publish, .success, publishIndex: -1) }
        let timeout = TimeAmount(self.endpoint.configuration.hubAnswerTimeout)
        let timer = self.loop.eventLoop.scheduleTask(in: timeout) { self.answered() }
        // Without its payload and the read buffer behind it.
        let acknowledged = PublishPacket(
            topic: ByteBuffer(),
            payload: ByteBuffer(),
            qos: .atLeastOnce,
            packetID: publish.packetID
        )
        self.isAwaitingHub = true
        session.awaited = AwaitedAnswer(publish: acknowledged, requestID: request.requestID, timer: timer)
    }

    /// The request that was waited for is answered, or for too long not: acknowledges it and reads on.
    private func answered() {
        guard let session, let awaited = exchange(&session.awaited, with: nil), self.closeReason == nil else { return }
        awaited.timer.cancel()
        self.isAwaitingHub = false
        self.now = self.loop.uptime
        self.owe(awaited.publish, .success, publishIndex: -1)
        self.finishRun()
        self.resume()
    }

    /// The session is open: the hub may write to it.
    func openLink(_ session: Session) {
        if session.isRegistration { return self.openRegistrationLink(session) }
        guard let hub = self.endpoint.hub, let identity = session.event.identity else { return }
        let eventLoop = self.loop.eventLoop.nonisolated()
        let link = HubLink(self, event: session.event, identity: identity, eventLoop: eventLoop)
        session.link = link
        session.hubSubscriptions = self.hubSubscriptions(of: session)
        hub.opened(link, subscriptions: session.hubSubscriptions)
    }

    /// SUBSCRIBE or UNSUBSCRIBE is done.
    func updateLink(_ session: Session) {
        if session.isRegistration { session.hubSubscriptions = self.hubSubscriptions(of: session) }
        guard let hub = self.endpoint.hub, let link = session.link else { return }
        let subscriptions = self.hubSubscriptions(of: session)
        guard subscriptions != session.hubSubscriptions else { return }
        session.hubSubscriptions = subscriptions
        hub.changed(link, subscriptions: subscriptions)
    }

    func closeLink(_ session: Session) {
        session.registrationLink = nil
        guard let hub = self.endpoint.hub, let link = session.link else { return }
        session.link = nil
        exchange(&session.awaited, with: nil)?.timer.cancel()
        hub.closed(link)
    }

    func hubSubscriptions(of session: Session) -> HubSubscriptions {
        session.attachment.subscriptions.reduce(into: []) { all, subscription in
            if subscription.shareName == nil { all.formUnion(session.hubSubscription(subscription.filter)) }
        }
    }

    /// A message of the hub's, QoS 0. Who asks and does not read is closed by the bound of what waits for a client.
    func hubPublish(
        topic: String,
        payload: ByteBuffer,
        requiring subscription: HubSubscriptions,
        answering requestID: String?
    ) {
        guard self.closeReason == nil, let session else { return }
        defer {
            if let requestID, session.awaited?.requestID == requestID { self.answered() }
        }
        // azure-iot-device reads the twin after a reconnect without having subscribed to the answer: who asks is answered.
        guard subscription == .twinAnswers || session.hubSubscriptions.contains(subscription) else { return }
        self.send(.publish(PublishPacket(topic: ByteBuffer(string: topic), payload: payload, qos: .atMostOnce)))
        self.loop.tally.delivered += 1
        self.flushLater()
    }

    /// A message of the hub's that the client acknowledges.
    func hubDeliver(_ delivery: HubDelivery) {
        guard self.closeReason == nil, let session, session.hubSubscriptions.contains(.devicebound) else {
            return delivery.ended(.lost)
        }
        session.attachment.offer(delivery)
        self.pump()
        self.flushLater()
    }
}
