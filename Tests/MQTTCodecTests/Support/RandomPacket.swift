import MQTTCodec
import NIOCore
import TestSupport

/// Makes packets with random fields that a peer of the version may send, as a decoder would return them.
struct RandomPacket {
    private static let reasons: [PacketType: [ReasonCode]] = Dictionary(
        uniqueKeysWithValues: PacketType.allCases.map { type in
            (type, (UInt8.min...(.max)).map(ReasonCode.init(rawValue:)).filter { $0.isAllowed(in: type) })
        }
    )

    var random: SeededGenerator

    init(_ random: SeededGenerator) {
        self.random = random
    }

    /// A packet of any type of the version.
    mutating func packet(_ version: MQTTVersion) -> Packet {
        switch Int.random(in: 0..<(version == .v5 ? 15 : 14), using: &self.random) {
        case 0: .connect(self.connect(version))
        case 1: .connack(self.connack(version))
        case 2: .publish(self.publish(version))
        case 3:
            .puback(
                PubackPacket(
                    packetID: self.id(),
                    reason: self.reason(.puback, version),
                    properties: self.answer(version)
                )
            )
        case 4:
            .pubrec(
                PubrecPacket(
                    packetID: self.id(),
                    reason: self.reason(.pubrec, version),
                    properties: self.answer(version)
                )
            )
        case 5:
            .pubrel(
                PubrelPacket(
                    packetID: self.id(),
                    reason: self.reason(.pubrel, version),
                    properties: self.answer(version)
                )
            )
        case 6:
            .pubcomp(
                PubcompPacket(
                    packetID: self.id(),
                    reason: self.reason(.pubcomp, version),
                    properties: self.answer(version)
                )
            )
        case 7: .subscribe(self.subscribe(version))
        case 8: .suback(self.suback(version))
        case 9:
            .unsubscribe(
                UnsubscribePacket(
                    packetID: self.id(),
                    filters: self.some(1) { $0.filter() },
                    userProperties: self.pairs(version)
                )
            )
        case 10:
            .unsuback(
                UnsubackPacket(
                    packetID: self.id(),
                    codes: version == .v5 ? self.some { $0.reason(.unsuback, version) } : [],
                    properties: self.answer(version)
                )
            )
        case 11: .pingreq
        case 12: .pingresp
        case 13: .disconnect(self.disconnect(version))
        default: .auth(self.auth())
        }
    }

    /// A PUBLISH of the version.
    mutating func publish(_ version: MQTTVersion) -> PublishPacket {
        let qos = self.element(QoS.allCases, .atMostOnce)
        let properties = version == .v5 && self.chance() ? self.properties(isWill: false) : nil
        let isByAlias = properties?.topicAlias != nil && self.chance()
        return PublishPacket(
            topic: isByAlias ? ByteBuffer() : self.topic(),
            payload: self.bytes(upTo: self.chance(8) ? 20_000 : 40),
            qos: qos,
            packetID: qos == .atMostOnce ? 0 : self.id(),
            isDuplicate: qos != .atMostOnce && self.chance(),
            retain: self.chance(),
            properties: properties
        )
    }

    private mutating func connect(_ version: MQTTVersion) -> ConnectPacket {
        let userName = self.maybe { $0.text() }
        var packet = ConnectPacket(
            clientID: self.text(),
            cleanSession: self.chance(),
            keepAliveSeconds: UInt16.random(in: 0...(.max), using: &self.random),
            userName: userName,
            password: userName == nil && version == .v311 ? nil : self.maybe { $0.bytes(upTo: 60) },
            version: version
        )
        if self.chance() {
            packet.will = ConnectPacket.Will(
                topic: self.topic(),
                payload: self.bytes(upTo: 60),
                qos: self.element(QoS.allCases, .atMostOnce),
                retain: self.chance()
            )
        }
        guard version == .v5 else { return packet }
        if packet.will != nil {
            packet.will?.delaySeconds = self.maybe { $0.number() } ?? 0
            packet.will?.properties = self.maybe { $0.properties(isWill: true) } ?? nil
        }
        let method = self.maybe { $0.text() }
        let properties = ConnectProperties(
            sessionExpirySeconds: self.maybe { $0.number() },
            receiveMaximum: self.maybe { $0.id() },
            packetSizeMax: self.maybe { $0.number() },
            topicAliasMax: self.maybe { $0.id() },
            requestsResponseInformation: self.maybe { $0.chance() },
            requestsProblemInformation: self.maybe { $0.chance() },
            userProperties: self.pairs(version),
            authenticationMethod: method,
            authenticationData: method == nil ? nil : self.maybe { $0.bytes(upTo: 30) }
        )
        packet.properties = properties == ConnectProperties() ? nil : properties
        return packet
    }

    private mutating func connack(_ version: MQTTVersion) -> ConnackPacket {
        guard version == .v5 else {
            let code = self.element(ConnectReturnCode.allCases, .accepted)
            return ConnackPacket(sessionPresent: self.chance(), returnCode: code)
        }
        let method = self.maybe { $0.text() }
        let properties = ConnackProperties(
            sessionExpirySeconds: self.maybe { $0.number() },
            receiveMaximum: self.maybe { $0.id() },
            maximumQoS: self.maybe { $0.chance() ? .atMostOnce : .atLeastOnce },
            retainAvailable: self.maybe { $0.chance() },
            packetSizeMax: self.maybe { $0.number() },
            assignedClientID: self.maybe { $0.text() },
            topicAliasMax: self.maybe { $0.id() },
            reasonString: self.maybe { $0.text() },
            userProperties: self.pairs(version),
            wildcardSubscriptionsAvailable: self.maybe { $0.chance() },
            subscriptionIDsAvailable: self.maybe { $0.chance() },
            sharedSubscriptionsAvailable: self.maybe { $0.chance() },
            serverKeepAliveSeconds: self.maybe { $0.id() },
            responseInformation: self.maybe { $0.text() },
            serverReference: self.maybe { $0.text() },
            authenticationMethod: method,
            authenticationData: method == nil ? nil : self.maybe { $0.bytes(upTo: 30) }
        )
        return ConnackPacket(
            sessionPresent: self.chance(),
            reason: self.reason(.connack, version),
            properties: properties == ConnackProperties() ? nil : properties
        )
    }

    private mutating func subscribe(_ version: MQTTVersion) -> SubscribePacket {
        let requests = self.some(1) { maker in
            let filter = maker.filter()
            let qos = maker.element(QoS.allCases, .atMostOnce)
            guard version == .v5 else { return SubscribePacket.Request(filter: filter, qos: qos) }
            return SubscribePacket.Request(
                filter: filter,
                qos: qos,
                noLocal: !filter.hasPrefix("$share/") && maker.chance(),
                retainAsPublished: maker.chance(),
                retainHandling: maker.element(RetainHandling.allCases, .send)
            )
        }
        return SubscribePacket(
            packetID: self.id(),
            requests: requests,
            subscriptionID: version == .v5 ? self.maybe { $0.subscriptionID() } : nil,
            userProperties: self.pairs(version)
        )
    }

    private mutating func suback(_ version: MQTTVersion) -> SubackPacket {
        let codes: [ReasonCode] = self.some { maker in
            version == .v5
                ? maker.reason(.suback, version)
                : maker.element([.grantedQoS0, .grantedQoS1, .grantedQoS2, .failure], .failure)
        }
        return SubackPacket(packetID: self.id(), codes: codes, properties: self.answer(version))
    }

    private mutating func disconnect(_ version: MQTTVersion) -> DisconnectPacket {
        guard version == .v5 else { return DisconnectPacket() }
        return DisconnectPacket(
            reason: self.reason(.disconnect, version),
            sessionExpirySeconds: self.maybe { $0.number() },
            reasonString: self.maybe { $0.text() },
            userProperties: self.pairs(version),
            serverReference: self.maybe { $0.text() }
        )
    }

    private mutating func auth() -> AuthPacket {
        if self.chance(8) { return AuthPacket() }
        return AuthPacket(
            reason: self.reason(.auth, .v5),
            authenticationMethod: self.text(),
            authenticationData: self.maybe { $0.bytes(upTo: 30) },
            reasonString: self.maybe { $0.text() },
            userProperties: self.pairs(.v5)
        )
    }

    private mutating func properties(isWill: Bool) -> PublishProperties? {
        let properties = PublishProperties(
            payloadFormat: self.maybe { $0.chance() ? .text : .unspecified },
            messageExpirySeconds: self.maybe { $0.number() },
            topicAlias: isWill ? nil : self.maybe { $0.id() },
            responseTopic: self.maybe { $0.topic() },
            correlationData: self.maybe { $0.bytes(upTo: 30) },
            contentType: self.maybe { $0.text() },
            subscriptionIDs: isWill ? [] : self.some { $0.subscriptionID() },
            userProperties: self.pairs(.v5)
        )
        return properties == PublishProperties() ? nil : properties
    }

    private mutating func answer(_ version: MQTTVersion) -> AnswerProperties? {
        guard version == .v5 else { return nil }
        let properties = AnswerProperties(reasonString: self.maybe { $0.text() }, userProperties: self.pairs(version))
        return properties == AnswerProperties() ? nil : properties
    }

    private mutating func pairs(_ version: MQTTVersion) -> [UserProperty] {
        version == .v5 ? self.some { UserProperty(name: $0.text(), value: $0.text()) } : []
    }

    private mutating func reason(_ type: PacketType, _ version: MQTTVersion) -> ReasonCode {
        version == .v5 ? self.element(RandomPacket.reasons[type] ?? [], .success) : .success
    }
}
