import CoreMetrics
import EventLog
import HubProtocol
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

extension ConnectionHandler {
    /// CONNECT: asks the authenticator, off the event loop; what the client sends meanwhile waits.
    func authenticate(_ packet: Packet) {
        guard case .connect(let connect) = packet else { return }
        self.connect = connect
        guard connect.protocolLevel == ConnectPacket.protocolLevel311 else {
            return self.refuse(  // [MQTT-3.1.2-2]
                .unacceptableProtocolVersion,
                reason: "protocol level \(connect.protocolLevel) is not served, 4 is (MQTT 3.1.1)"
            )
        }
        guard !connect.clientID.isEmpty else {
            return self.refuse(.identifierRejected, reason: "the client id is empty")  // [MQTT-3.1.3-9]
        }
        if let reason = self.endpoint.unavailability { return self.refuse(.serverUnavailable, reason: reason) }
        guard self.loop.authentications < self.endpoint.configuration.authenticationsMax else {
            return self.refuse(.serverUnavailable, reason: "too many CONNECTs wait for a decision")
        }
        self.tick()
        self.revocations = self.endpoint.connections.revocations
        let request = ConnectRequest(
            clientID: connect.clientID,
            userName: connect.userName,
            password: connect.password.map { Array($0.readableBytesView) },
            protocolLevel: connect.protocolLevel,
            cleanSession: connect.cleanSession,
            isTLS: self.isTLS,
            remoteAddress: self.remoteAddress
        )
        self.loop.authenticate(request) { self.decided($0) }
    }

    private func decided(_ decision: ConnectDecision) {
        guard self.closeReason == nil, let connect else { return }
        switch decision {
        case .refuse(let code, let reason): self.refuse(code, reason: reason)
        case .accept(let accepted): self.accept(accepted, connect)
        }
    }

    private func accept(_ accepted: AcceptedConnection, _ connect: ConnectPacket) {
        // The topic may have been fenced, and a shutdown begun, while the decision was made.
        if let reason = self.endpoint.unavailability { return self.refuse(.serverUnavailable, reason: reason) }
        let utc = self.endpoint.configuration.clock()
        let event = ConnectionEvent(
            connectionID: self.id,
            identity: accepted.identity,
            remoteAddress: self.remoteAddress,
            isTLS: self.isTLS,
            cleanSession: connect.cleanSession,
            keepAliveSeconds: connect.keepAliveSeconds,
            openedAt: utc,
            attributes: accepted.attributes
        )
        let topic = self.endpoint.topic
        let topics = HubTopics(identity: accepted.identity)
        let will = connect.will.map { self.telemetry(of: $0, topics) }
        if case .some(.none) = will {
            return self.refuse(.notAuthorized, reason: "the Will is not a telemetry message of the identity")
        }
        guard self.register(event) else {
            return self.refuse(.serverUnavailable, reason: "the gateway has as many connections as it takes")
        }
        // The table is asked behind the registration: either it knows of a revocation, or that finds this connection.
        guard self.endpoint.connections.revocations == self.revocations else {
            self.unregister(event)
            return self.refuse(.serverUnavailable, reason: "the registry changed meanwhile")
        }
        self.now = self.loop.uptime
        let expiry = accepted.expiresAt.map { self.now + ($0 - utc) }
        guard self.lifecycle.accepted(expiry: expiry, at: self.now) else { return }
        self.session = Session(
            event: event,
            topics: topics,
            template: RecordTemplate(
                device: accepted.identity,
                partition: topic.partition(forKey: accepted.identity.description.utf8)
            ),
            subscriptions: connect.cleanSession ? [] : accepted.subscriptions,
            will: will ?? nil
        )
        self.connect = nil
        self.decoder.packetSizeMax = self.endpoint.configuration.packetSizeMax
        self.send(
            .connack(
                ConnackPacket(
                    sessionPresent: !connect.cleanSession && accepted.sessionPresent,  // [MQTT-3.2.2-1]
                    returnCode: .accepted
                )
            )
        )
        self.endpoint.metrics.accepted.increment()
        self.endpoint.observer.opened(event)
        self.tick()
        self.resume()
    }

    /// Puts the connection in the place of an older one of its identity; false when there is no place.
    private func register(_ event: ConnectionEvent) -> Bool {
        let eventLoop = self.loop.eventLoop.nonisolated()
        let entry = ConnectionTable.Entry(
            event: event,
            eventLoop: eventLoop,
            connection: NIOLoopBound(self, eventLoop: eventLoop)
        )
        let table = self.endpoint.connections
        switch table.register(entry, connectionsMax: self.endpoint.configuration.connectionsMax) {
        case .full: return false
        case .registered(let older?):
            older.close(.takenOver)
            return true
        case .registered(.none):
            self.endpoint.metrics.connections.increment(by: 1)
            return true
        }
    }

    private func unregister(_ event: ConnectionEvent) {
        if self.endpoint.connections.unregister(event) { self.endpoint.metrics.connections.decrement(by: 1) }
    }

    /// CONNACK with a code other than 0, then close. [MQTT-3.2.2-5]
    func refuse(_ code: ConnectReturnCode, reason: String) {
        guard self.closeReason == nil else { return }
        self.send(.connack(ConnackPacket(sessionPresent: false, returnCode: code)))  // [MQTT-3.2.2-4]
        self.endpoint.metrics.refused(code)
        self.endpoint.observer.refused(
            ConnectionRefusal(
                clientID: self.connect?.clientID ?? "",
                remoteAddress: self.remoteAddress,
                isTLS: self.isTLS,
                code: code,
                reason: reason
            )
        )
        self.close(.refused)
    }

    /// A Will as telemetry; `nil` when it is none of the identity's, or too large. Contract iothub-mqtt section 4.
    private func telemetry(of will: ConnectPacket.Will, _ topics: HubTopics) -> Telemetry? {
        guard will.qos != .exactlyOnce,
            case .telemetry(let bagOffset) = will.topic.withUnsafeReadableBytes({ topics.publishTarget(of: $0) }),
            let topic = try? TelemetryTopic(topic: will.topic, bagOffset: bagOffset, retain: will.retain, isWill: true),
            will.payload.readableBytes + topic.countedBytes <= self.endpoint.configuration.messageSizeMax
        else { return nil }
        return Telemetry(value: ByteBuffer(buffer: will.payload), properties: topic.properties)
    }

    /// The accepted connection ends: its place is free, its Will goes to the log.
    func endSession(_ reason: CloseReason) {
        guard let session = exchange(&self.session, with: nil) else { return }
        self.unregister(session.event)
        if let will = session.will, reason.publishesWill {
            self.loop.stage(session.template, value: will.value, properties: will.properties)
            self.loop.scheduleTurn()
            self.endpoint.metrics.wills.increment()
        }
        self.endpoint.observer.closed(session.event, reason: reason)
    }
}
