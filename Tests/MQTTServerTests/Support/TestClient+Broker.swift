import MQTTCodec
import NIOCore
import ServerTestSupport
import Testing

extension TestClient {
    /// Sends a CONNECT of MQTT 5 and expects to be accepted; returns what the server said.
    @discardableResult
    func connect5(
        _ clientID: String,
        cleanStart: Bool = true,
        sessionPresent: Bool = false,
        will: ConnectPacket.Will? = nil,
        _ properties: ConnectProperties? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ConnackProperties {
        try await self.send(
            .connect(
                ConnectPacket(
                    clientID: clientID,
                    cleanSession: cleanStart,
                    will: will,
                    version: .v5,
                    properties: properties
                )
            )
        )
        let answer = try await self.next()
        guard case .packet(.connack(let connack)) = answer else {
            Issue.record("\(answer) in place of CONNACK", sourceLocation: sourceLocation)
            return ConnackProperties()
        }
        #expect(connack.reason == .success, sourceLocation: sourceLocation)
        #expect(connack.sessionPresent == sessionPresent, sourceLocation: sourceLocation)
        return connack.properties ?? ConnackProperties()
    }

    /// Sends a SUBSCRIBE and returns the codes of SUBACK.
    @discardableResult
    func subscribe(
        _ filter: String,
        _ qos: QoS = .atMostOnce,
        id: UInt16 = 900,
        noLocal: Bool = false,
        retainAsPublished: Bool = false,
        retainHandling: RetainHandling = .send,
        subscriptionID: UInt32? = nil
    ) async throws -> [ReasonCode] {
        let request = SubscribePacket.Request(
            filter: filter,
            qos: qos,
            noLocal: noLocal,
            retainAsPublished: retainAsPublished,
            retainHandling: retainHandling
        )
        try await self.send(
            .subscribe(SubscribePacket(packetID: id, requests: [request], subscriptionID: subscriptionID))
        )
        guard case .packet(.suback(let answer)) = try await self.next(), answer.packetID == id else {
            Issue.record("no SUBACK")
            return []
        }
        return answer.codes
    }

    /// The next packet, which must be a PUBLISH.
    func nextPublish(sourceLocation: SourceLocation = #_sourceLocation) async throws -> PublishPacket {
        let event = try await self.next()
        guard case .packet(.publish(let publish)) = event else {
            Issue.record("\(event) in place of PUBLISH", sourceLocation: sourceLocation)
            throw NotAPublish()
        }
        return publish
    }

    /// Expects a DISCONNECT with this reason, then the end.
    func expectDisconnect(_ reason: ReasonCode, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let event = try await self.next()
        guard case .packet(.disconnect(let disconnect)) = event else {
            Issue.record("\(event) in place of DISCONNECT", sourceLocation: sourceLocation)
            return
        }
        #expect(disconnect.reason == reason, sourceLocation: sourceLocation)
        try await self.expectClosed(sourceLocation: sourceLocation)
    }

    /// Sends a message and expects the answer of its QoS.
    func publish(
        _ topic: String,
        _ payload: String = "{}",
        _ qos: QoS = .atLeastOnce,
        id: UInt16 = 1,
        retain: Bool = false,
        properties: PublishProperties? = nil,
        reason: ReasonCode = .success,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await self.send(.message(topic, payload, qos, id: id, retain: retain, properties: properties))
        switch qos {
        case .atMostOnce: break
        case .atLeastOnce:
            let answer = try await self.next()
            let puback = Packet.puback(PubackPacket(packetID: id, reason: self.version == .v5 ? reason : .success))
            #expect(answer == .packet(puback), sourceLocation: sourceLocation)
        case .exactlyOnce:
            let pubrec = try await self.next()
            let expected = Packet.pubrec(PubrecPacket(packetID: id, reason: self.version == .v5 ? reason : .success))
            #expect(pubrec == .packet(expected), sourceLocation: sourceLocation)
            if reason.isError { return }
            try await self.send(.pubrel(PubrelPacket(packetID: id)))
            let pubcomp = try await self.next()
            #expect(pubcomp == .packet(.pubcomp(PubcompPacket(packetID: id))), sourceLocation: sourceLocation)
        }
    }

    struct NotAPublish: Error {}
}

extension Packet {
    /// A message to an ordinary topic.
    static func message(
        _ topic: String,
        _ payload: String = "{}",
        _ qos: QoS = .atLeastOnce,
        id: UInt16 = 1,
        isDuplicate: Bool = false,
        retain: Bool = false,
        properties: PublishProperties? = nil
    ) -> Packet {
        .publish(
            PublishPacket(
                topic: ByteBuffer(string: topic),
                payload: ByteBuffer(string: payload),
                qos: qos,
                packetID: qos == .atMostOnce ? 0 : id,
                isDuplicate: isDuplicate,
                retain: retain,
                properties: properties
            )
        )
    }
}

extension PublishPacket {
    var topicText: String { String(buffer: self.topic) }
    var text: String { String(buffer: self.payload) }
}
