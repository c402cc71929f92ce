import HubProtocol
import Logging
import MQTTCodec
import NIOCore

extension ConnectionHandler {
    /// SUBSCRIBE: the identity's hub filters are granted with QoS 0 or 1, others refused. [MQTT-3.8.4-5]
    func subscribe(_ packet: SubscribePacket) {
        guard let session else { return }
        var subscriptions = session.subscriptions
        var codes: [SubackPacket.Code] = []
        for request in packet.requests {
            guard session.topics.grants(subscription: request.filter) else {
                codes.append(.failure)
                continue
            }
            codes.append(.granted(min(request.qos, .atLeastOnce)))
            if !subscriptions.contains(request.filter) { subscriptions.append(request.filter) }  // [MQTT-3.8.4-3]
        }
        self.change(subscriptions, then: .suback(SubackPacket(packetID: packet.packetID, codes: codes)))
    }

    /// UNSUBSCRIBE: always answered, also for filters that were not there. [MQTT-3.10.4-5]
    func unsubscribe(_ packet: UnsubscribePacket) {
        guard let session else { return }
        let subscriptions = session.subscriptions.filter { !packet.filters.contains($0) }
        self.change(subscriptions, then: .unsuback(UnsubackPacket(packetID: packet.packetID)))
    }

    /// Answers when the subscriptions are durable; the next packet is served after that, so changes keep their order.
    private func change(_ subscriptions: [String], then answer: Packet) {
        guard let session, session.subscriptions != subscriptions, !session.event.cleanSession else {
            self.session?.subscriptions = subscriptions
            self.send(answer)
            return
        }
        self.isSaving = true
        let identity = session.event.identity
        self.loop.save(subscriptions, of: identity) { result in
            self.isSaving = false
            guard self.closeReason == nil else { return }
            switch result {
            case .success:
                self.session?.subscriptions = subscriptions
                self.send(answer)
                self.resume()
            case .failure(let error):
                self.endpoint.logger.error(
                    "subscriptions not saved",
                    metadata: ["identity": "\(identity)", "error": "\(error)"]
                )
                self.close(.sessionStoreFailed)
            }
        }
    }
}
