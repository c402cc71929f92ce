import HubProtocol
import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

extension ConnectionHandler {
    /// SUBSCRIBE: one code per filter, in their order. [MQTT-3.8.4-6] [MQTT-3.9.3-1]
    func subscribe(_ packet: SubscribePacket) {
        guard let session else { return }
        var codes: [ReasonCode] = []
        var granted: [Subscription] = []
        for request in packet.requests {
            do throws(SubscriptionFault) {
                let subscription = try Subscription(
                    fullFilter: request.filter,
                    qos: request.qos,
                    noLocal: request.noLocal,
                    retainAsPublished: request.retainAsPublished,
                    retainHandling: request.retainHandling,
                    identifier: packet.subscriptionID
                )
                guard let allowed = self.judge(subscription, session) else {
                    codes.append(.notAuthorized)
                    continue
                }
                codes.append(.granted(allowed.qos))  // [MQTT-3.8.4-7]
                granted.append(allowed)
            } catch {
                guard error != .noLocalOnShare else { return self.close(.protocolError) }  // [MQTT-3.8.3-4]
                codes.append(.topicFilterInvalid)
            }
        }
        let rooms = session.attachment.room(for: granted)
        if rooms.contains(false) {
            var next = rooms.makeIterator()
            for (place, code) in codes.enumerated() where !code.isError && next.next() == false {
                codes[place] = .quotaExceeded
            }
            granted = zip(granted, rooms).filter { $0.1 }.map { $0.0 }
        }
        let answer = Packet.suback(SubackPacket(packetID: packet.packetID, codes: codes))  // [MQTT-3.8.4-2]
        guard !granted.isEmpty else { return self.send(answer) }
        self.isSaving = true
        session.attachment.subscribe(granted) { result in self.saved(result.map { answer }) }
    }

    /// The subscription as it is granted; `nil` when it is not: a hub filter with QoS 1 at most, others as permitted.
    ///
    /// Contract iothub-mqtt sections 4 and 10.
    private func judge(_ subscription: Subscription, _ session: Session) -> Subscription? {
        if subscription.shareName == nil, session.isHubFilter(subscription.filter) {
            var subscription = subscription
            subscription.qos = min(subscription.qos, .atLeastOnce)
            return subscription
        }
        return session.permissions.allowsSubscribe(filter: subscription.fullFilter) ? subscription : nil
    }

    /// UNSUBSCRIBE: always answered, also for filters that were not there. [MQTT-3.10.4-4] [MQTT-3.10.4-5]
    func unsubscribe(_ packet: UnsubscribePacket) {
        guard let session else { return }
        self.isSaving = true
        session.attachment.unsubscribe(packet.filters) { result in
            self.saved(
                result.map { existed in
                    let codes = existed.map { $0 ? ReasonCode.success : .noSubscriptionExisted }  // [MQTT-3.11.3-1]
                    return .unsuback(UnsubackPacket(packetID: packet.packetID, codes: codes))
                }
            )
        }
    }

    /// Answers when the subscriptions are durable; the next packet is served after that, so changes keep their order.
    private func saved(_ result: Result<Packet, any Error>) {
        self.isSaving = false
        guard self.closeReason == nil else { return }
        switch result {
        case .success(let answer):
            self.send(answer)
            if let session = self.session { self.updateLink(session) }
            self.pump()  // retained messages
            self.resume()
        case .failure(let error):
            self.endpoint.logger.error(
                "subscriptions not saved",
                metadata: ["principal": "\(self.session?.event.principal.description ?? "")", "error": "\(error)"]
            )
            self.close(.sessionStoreFailed)
        }
    }

    /// Filters of a resumed session that the principal may not have any more.
    func revokedFilters(of session: Session) -> [String] {
        session.attachment.subscriptions.filter { self.judge($0, session) == nil }.map(\.fullFilter)
    }
}
