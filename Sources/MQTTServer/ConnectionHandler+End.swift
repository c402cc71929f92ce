import CoreMetrics
import MQTTCodec
import MQTTProtocol
import NIOCore

extension ConnectionHandler {
    /// DISCONNECT from the client: nothing of it is served after this. [MQTT-3.14.4-1]
    func end(_ packet: Packet) {
        guard case .disconnect(let disconnect) = packet, let session else { return self.close(.disconnect) }
        if let expiry = disconnect.sessionExpirySeconds, expiry > 0, session.peer.sessionExpirySeconds == 0 {
            return self.close(.protocolError)  // §3.14.2.2.2
        }
        self.disconnectReason = disconnect.reason
        self.sessionExpirySeconds = disconnect.sessionExpirySeconds
        self.close(.disconnect)
    }

    /// Stops taking packets and closes when all that was taken is acknowledged.
    func drain() {
        if self.window.isEmpty || self.session == nil { self.close(.serverShutdown) }
    }

    /// Ends the connection; the first reason counts.
    func close(_ reason: CloseReason) {
        guard self.closeReason == nil else { return }
        _ = self.lifecycle.close()  // nothing is served any more, also when the flush makes the channel writable
        if reason.leavesAReader {
            self.sayDisconnect(reason)
            self.flush()  // may itself find that nobody reads
            guard self.closeReason == nil else { return }
        }
        self.closeReason = reason
        self.finishRun()
        for timer in [self.timer, self.stallTimer, self.throttleTimer] { timer?.cancel() }
        self.timer = nil
        self.stallTimer = nil
        self.throttleTimer = nil
        self.outgoing = ByteBuffer()
        self.decoder = ConnectionHandler.noDecoder
        self.connect = nil
        if self.held != nil, let session { self.loop.numbers?.abandon(self, of: session) }
        self.held = nil
        exchange(&self.authentication, with: nil)?.cancel()
        self.clientCertificates = []
        self.noteUnread(0)
        self.unregister()
        self.endSession(reason)
        self.endpoint.metrics.closed(reason)
        self.context?.close(promise: nil)
    }

    /// A server of MQTT 5 says why it closes. [MQTT-3.14.0-1]
    private func sayDisconnect(_ reason: CloseReason) {
        guard let meant = reason.reasonCode, case .disconnect(let code) = self.lifecycle.answer(to: meant) else {
            return
        }
        self.disconnectReason = code
        self.send(.disconnect(DisconnectPacket(reason: code)))
    }

    /// The accepted connection ends: its Will is published, its session is the broker's.
    private func endSession(_ reason: CloseReason) {
        guard let session = exchange(&self.session, with: nil) else { return }
        self.lastTopic = nil
        self.template = nil
        if let limiter = session.limiter { self.endpoint.limiters.leave(limiter.principal) }
        self.loop.numbers?.leave(session)
        self.closeLink(session)
        let publishesWill =
            reason == .disconnect
            ? (self.disconnectReason ?? .normalDisconnection) != .normalDisconnection  // [MQTT-3.14.4-3]
            : reason.publishesWill
        self.detach(session, publishesWill: publishesWill, reason)
        self.endpoint.observer.closed(
            session.event,
            end: ConnectionEnd(
                reason: reason,
                reasonCode: self.disconnectReason,
                droppedMessages: self.droppedMessages + session.attachment.droppedMessages
            )
        )
    }

    /// Gives the session back. What the client may publish may have been changed: then its Will is judged again, unless it is
    /// telemetry of its own, which it may always publish.
    private func detach(_ session: Session, publishesWill: Bool, _ reason: CloseReason) {
        let expirySeconds = self.sessionExpirySeconds
        guard publishesWill, reason == .administrative, let will = session.attachment.will,
            !will.message.isTelemetry
        else {
            return session.attachment.detach(publishesWill: publishesWill, expirySeconds: expirySeconds)
        }
        let clientID = session.event.clientID
        self.loop.askPermissions(of: session.event.principal) { permissions in
            let isAllowed = permissions?(clientID).allowsPublish(topic: will.message.topic) ?? true
            session.attachment.detach(publishesWill: isAllowed, expirySeconds: expirySeconds)
        }
    }

    /// Gives the place in the table back.
    func unregister() {
        guard let event = exchange(&self.registration, with: nil) else { return }
        if self.endpoint.connections.unregister(event) { self.endpoint.metrics.connections.decrement(by: 1) }
    }
}
