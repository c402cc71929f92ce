import CoreMetrics
import EventLog
import HubProtocol
import MQTTCodec
import MQTTProtocol
import NIOCore
import NIOSSL
import Synchronization
import TelemetryModel

extension ConnectionHandler {
    /// CONNECT: asks the authenticator, off the event loop; what the client sends meanwhile waits.
    func authenticate(_ packet: Packet) {
        guard case .connect(var connect) = packet else { return }
        self.connect = connect
        if let refusal = connect.refusal { return self.refuse(connect, refusal) }
        guard let version = connect.version else { return }
        self.version = version
        let isClientIDAssigned = connect.clientID.isEmpty
        if isClientIDAssigned {
            connect.clientID = ConnectionHandler.makeClientID()  // [MQTT-3.1.3-6]
            self.connect = connect
        }
        if let reason = self.endpoint.unavailability { return self.refuse(.serverUnavailable, reason: reason) }
        self.tick()
        self.readResumedCertificate()
        self.ask(isClientIDAssigned: isClientIDAssigned)
    }

    /// Asks for the decision when the client's address may: not while it waits for its failures, nor while as many of its
    /// CONNECTs are decided as may be at once. The deadline of the decision holds meanwhile.
    private func ask(isClientIDAssigned: Bool) {
        guard self.closeReason == nil, let connect = self.connect else { return }
        let source = ConnectRequest.host(of: self.remoteAddress)
        let now = self.loop.uptime
        let wait = self.endpoint.refusals.withLock { $0.wait(of: source, at: now) }
        guard wait == .zero else {
            self.loop.eventLoop.scheduleTask(in: TimeAmount(wait)) { self.ask(isClientIDAssigned: isClientIDAssigned) }
            return
        }
        guard self.loop.authentications < self.endpoint.configuration.authenticationsMax else {
            return self.refuse(.serverBusy, reason: "too many CONNECTs wait for a decision")
        }
        guard self.loop.mayAsk(for: source, else: { self.ask(isClientIDAssigned: isClientIDAssigned) }) else { return }
        let mark = self.endpoint.connections.revocationMark
        let request = ConnectRequest(
            clientID: connect.clientID,
            isClientIDAssigned: isClientIDAssigned,
            userName: connect.userName,
            password: connect.password.map { Array($0.readableBytesView) },
            version: version,
            cleanSession: connect.cleanSession,
            wantsSession: PeerLimits(connect).sessionExpirySeconds > 0,
            isTLS: self.isTLS,
            transport: self.transport,
            remoteAddress: self.remoteAddress,
            clientCertificates: exchange(&self.clientCertificates, with: [])
        )
        self.authentication = self.loop.authenticate(request, of: source) { decision in
            self.authentication = nil
            guard self.closeReason == nil, let connect = self.connect else { return }
            switch decision {
            case .refuse(let code, let reason): self.refuseSlowly(code, reason: reason)
            case .accept(let accepted):
                self.endpoint.refusals.withLock { $0.succeeded(source) }
                self.accept(accepted, connect, isClientIDAssigned: isClientIDAssigned, since: mark)
            }
        }
    }

    /// The certificate of a TLS session that was resumed: its handshake shows none again, so the verification callback is
    /// not called.
    private func readResumedCertificate() {
        guard self.transport == .tls, self.clientCertificates.isEmpty, let pipeline = self.context?.pipeline,
            let certificate = try? pipeline.syncOperations.nioSSL_peerCertificate(),
            let bytes = try? certificate.toDERBytes()
        else { return }
        self.clientCertificates = [bytes]
    }

    private func accept(
        _ accepted: AcceptedConnection,
        _ connect: ConnectPacket,
        isClientIDAssigned: Bool,
        since mark: UInt64
    ) {
        // The topic may have been fenced, and a shutdown begun, while the decision was made.
        if let reason = self.endpoint.unavailability { return self.refuse(.serverUnavailable, reason: reason) }
        let topics = accepted.principal.identity.map { HubTopics(identity: $0) }
        let will = self.judge(connect.will, topics: topics, permissions: accepted.permissions)
        if case .refused = will {
            return self.refuse(.notAuthorized, reason: "the Will is not a message that the client may publish")
        }
        let event = ConnectionEvent(
            connectionID: self.id,
            principal: accepted.principal,
            clientID: connect.clientID,
            version: self.version,
            transport: self.transport,
            remoteAddress: self.remoteAddress,
            isTLS: self.isTLS,
            cleanSession: connect.cleanSession,
            keepAliveSeconds: connect.keepAliveSeconds,
            openedAt: self.endpoint.configuration.clock(),
            attributes: accepted.attributes,
            credential: accepted.credential,
            certificate: accepted.certificate
        )
        guard self.register(event, since: mark) else { return }
        let isRegistration = accepted.principal.isRegistration
        let peer = PeerLimits(connect, keepsSession: !isRegistration)
        let key = SessionKey(principal: accepted.principal, clientID: connect.clientID)
        var request = AttachRequest(
            key: key,
            cleanStart: connect.cleanSession || isRegistration,
            expirySeconds: peer.sessionExpirySeconds,
            receiveMaximum: min(peer.receiveMaximum, self.endpoint.configuration.deliveryWindowMax)
        )
        if case .accepted(let will) = will { request.will = will }
        self.loop.attach(request, self) { result in
            switch result {
            case .failure(.takenOver): self.close(.takenOver)
            case .failure(.full): self.refuse(.quotaExceeded, reason: "the gateway has as many sessions as it keeps")
            case .failure(.fullForPrincipal):
                let reason = "\(accepted.principal) has as many sessions as one identity may have"
                self.refuse(.quotaExceeded, reason: reason)
            case .failure(.closed): self.refuse(.serverUnavailable, reason: "the gateway stops")
            case .failure(.storeFailed(let reason)):
                self.refuse(.serverUnavailable, reason: "the session is not stored: \(reason)")
            case .success(let attachment):
                guard self.closeReason == nil, let connect = self.connect else {
                    return attachment.detach(publishesWill: false)
                }
                let session = Session(
                    event: event,
                    isHubForm: accepted.isHubForm,
                    topics: topics,
                    template: accepted.principal.identity.map { identity in
                        RecordTemplate(
                            device: identity,
                            partition: self.endpoint.topic.partition(forKey: identity.description.utf8)
                        )
                    },
                    permissions: accepted.permissions,
                    attachment: attachment,
                    peer: peer,
                    topicAliasMax: self.endpoint.configuration.topicAliasMax
                )
                if let rates = accepted.limits {
                    session.limiter = self.endpoint.limiters.join(accepted.principal, rates: rates)
                }
                self.open(
                    session,
                    connect,
                    assignedClientID: isClientIDAssigned ? connect.clientID : nil,
                    expiresAt: accepted.expiresAt
                )
            }
        }
    }

    /// Takes filters off a resumed session that the client may not have any more, and answers.
    private func open(
        _ session: Session,
        _ connect: ConnectPacket,
        assignedClientID: String?,
        expiresAt: Timestamp?
    ) {
        let revoked = self.revokedFilters(of: session)
        guard !revoked.isEmpty else {
            return self.opened(session, connect, assignedClientID: assignedClientID, expiresAt: expiresAt)
        }
        session.attachment.unsubscribe(revoked) { result in
            guard self.closeReason == nil else {
                self.leaveLimiter(of: session)
                return session.attachment.detach(publishesWill: false)
            }
            if case .failure(let error) = result {
                self.leaveLimiter(of: session)
                session.attachment.detach(publishesWill: false)
                return self.refuse(.serverUnavailable, reason: "the session is not stored: \(error)")
            }
            self.opened(session, connect, assignedClientID: assignedClientID, expiresAt: expiresAt)
        }
    }

    private func leaveLimiter(of session: Session) {
        if let limiter = session.limiter { self.endpoint.limiters.leave(limiter.principal) }
    }

    private func opened(
        _ session: Session,
        _ connect: ConnectPacket,
        assignedClientID: String?,
        expiresAt: Timestamp?
    ) {
        self.now = self.loop.uptime
        let expiry = expiresAt.map { self.now + ($0 - session.event.openedAt) }
        guard self.lifecycle.accepted(expiry: expiry, at: self.now) else {
            self.leaveLimiter(of: session)
            return session.attachment.detach(publishesWill: false)
        }
        self.session = session
        self.connect = nil
        self.decoder.packetSizeMax = self.endpoint.configuration.packetSizeMax
        session.attachment.isWritable = !self.isUnwritable
        self.send(
            .connack(
                ConnackPacket(
                    sessionPresent: session.attachment.sessionPresent,  // [MQTT-3.2.2-2] [MQTT-3.2.2-3]
                    reason: .success,
                    properties: self.version == .v5
                        ? self.connackProperties(session, connect, assignedClientID: assignedClientID) : nil
                )
            )
        )
        self.endpoint.metrics.accepted.increment()
        self.endpoint.observer.opened(session.event)
        session.attachment.open(permissions: session.permissions)
        self.openLink(session)
        self.tick()
        self.pump()
        self.resume()
    }

    /// Puts the connection in the place of an older one of its client; false when it was refused.
    private func register(_ event: ConnectionEvent, since mark: UInt64) -> Bool {
        let eventLoop = self.loop.eventLoop.nonisolated()
        let entry = ConnectionTable.Entry(
            event: event,
            eventLoop: eventLoop,
            connection: NIOLoopBound(self, eventLoop: eventLoop)
        )
        let configuration = self.endpoint.configuration
        switch self.endpoint.connections.register(entry, connectionsMax: configuration.connectionsMax, since: mark) {
        case .revoked:
            self.refuse(.serverUnavailable, reason: "the registry changed meanwhile")
            return false
        case .full:
            self.refuse(.serverBusy, reason: "the gateway has as many connections as it takes")
            return false
        case .registered(let older):
            self.registration = event
            if let older { older.close(.takenOver) } else { self.endpoint.metrics.connections.increment(by: 1) }
            return true
        }
    }
}
