import HubProtocol
import MQTTCodec
import NIOCore

extension ConnectionHandler {
    /// A PUBLISH of a device that registers: one of the two requests, or the end of the connection.
    ///
    /// Contract provisioning section 3.
    func receiveRegistration(_ publish: PublishPacket, _ session: Session) {
        let request = HubRequest(topic: publish.topic.readableBytesView)
        guard let provisioning = self.endpoint.provisioning, let link = session.registrationLink, let request,
            request.isProvisioning
        else { return self.close(.topicNotAllowed) }
        guard publish.qos != .exactlyOnce else { return self.close(.qosNotSupported) }
        // The read buffer is not kept alive for a request that waits.
        let payload = ByteBuffer(bytes: publish.payload.readableBytesView)
        provisioning.received(request, payload: payload, on: link)
        if publish.qos == .atLeastOnce { self.loop.tally.receivedQoS1 += 1 } else { self.loop.tally.receivedQoS0 += 1 }
        self.owe(publish, .success, publishIndex: -1)
    }

    func openRegistrationLink(_ session: Session) {
        guard self.endpoint.provisioning != nil else { return }
        session.registrationLink = RegistrationLink(
            self,
            event: session.event,
            eventLoop: self.loop.eventLoop.nonisolated()
        )
        session.hubSubscriptions = self.hubSubscriptions(of: session)
    }
}
