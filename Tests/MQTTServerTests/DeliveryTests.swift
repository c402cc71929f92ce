import EventLog
import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import NIOPosix
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("Messages to subscribers, §3.3.4, §4.3, §4.6", .timeLimit(.minutes(1)))
struct DeliveryTests {
    private static let anyone = FakeAuthenticator.application()

    private func client(
        _ endpoint: TestEndpoint,
        _ name: String,
        _ version: MQTTVersion,
        _ properties: ConnectProperties? = nil
    ) async throws -> TestClient {
        let client = try await endpoint.client(version)
        if version == .v5 {
            try await client.connect5(name, properties)
        } else {
            try await client.connect(name)
        }
        return client
    }

    struct Flow: Sendable {
        var publisher: MQTTVersion
        var subscriber: MQTTVersion
        var published: QoS
        var subscribed: QoS
    }

    static let flows: [Flow] = MQTTVersion.allCases.flatMap { publisher in
        MQTTVersion.allCases.flatMap { subscriber in
            [
                (QoS.atMostOnce, QoS.exactlyOnce), (.atLeastOnce, .atLeastOnce), (.exactlyOnce, .exactlyOnce),
                (.exactlyOnce, .atLeastOnce), (.atLeastOnce, .atMostOnce),
            ]
            .map { Flow(publisher: publisher, subscriber: subscriber, published: $0.0, subscribed: $0.1) }
        }
    }

    @Test("a message arrives with the lower of both QoS, in order [MQTT-3.8.4-8] [MQTT-4.6.0-6]", arguments: flows)
    func flow(flow: Flow) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, threads: 2) { endpoint in
            let subscriber = try await self.client(endpoint, "s", flow.subscriber)
            #expect(try await subscriber.subscribe("a/+", flow.subscribed) == [.granted(flow.subscribed)])
            let publisher = try await self.client(endpoint, "p", flow.publisher)
            for number in 1...5 {
                try await publisher.publish("a/b", "\(number)", flow.published, id: UInt16(number))
            }
            for number in 1...5 {
                let publish = try await subscriber.nextPublish()
                #expect(publish.topicText == "a/b")
                #expect(publish.text == "\(number)")
                #expect(publish.qos == min(flow.published, flow.subscribed))
                #expect(!publish.retain)
                #expect(!publish.isDuplicate)
                switch publish.qos {
                case .atMostOnce: break
                case .atLeastOnce: try await subscriber.send(.puback(PubackPacket(packetID: publish.packetID)))
                case .exactlyOnce: try await subscriber.send(.pubrec(PubrecPacket(packetID: publish.packetID)))
                }
            }
            guard flow.published == .exactlyOnce, flow.subscribed == .exactlyOnce else { return }
            for _ in 1...5 {
                guard case .packet(.pubrel(let pubrel)) = try await subscriber.next() else {
                    Issue.record("no PUBREL [MQTT-4.3.3-4]")
                    return
                }
                try await subscriber.send(.pubcomp(PubcompPacket(packetID: pubrel.packetID)))
            }
            try await subscriber.expectNothingButPing()
        }
    }

    @Test("one copy for overlapping subscriptions, with the highest QoS and all identifiers [MQTT-3.3.4-2]")
    func overlapping() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await self.client(endpoint, "a", .v5)
            try await client.subscribe("a/#", .atMostOnce, subscriptionID: 1)
            try await client.subscribe("a/b", .atLeastOnce, subscriptionID: 2_000_000)
            try await client.send(.message("a/b", "x", .atMostOnce))
            let first = try await client.nextPublish()
            #expect(Set(first.properties?.subscriptionIDs ?? []) == [1, 2_000_000])
            try await client.publish("a/b", "y", id: 4)
            #expect(try await client.nextPublish().qos == .atLeastOnce)
        }
    }

    @Test("No Local keeps a client's own messages away [MQTT-3.8.3-3]")
    func noLocal() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await self.client(endpoint, "a", .v5)
            try await client.subscribe("t", noLocal: true)
            let other = try await self.client(endpoint, "b", .v5)
            try await client.send(.message("t", "own", .atMostOnce))
            try await client.expectNothingButPing()
            try await other.send(.message("t", "other", .atMostOnce))
            #expect(try await client.nextPublish().text == "other")
        }
    }

    @Test(
        "what a message says goes on unaltered [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-20]"
    )
    func properties() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await self.client(endpoint, "a", .v5)
            try await client.subscribe("t")
            let properties = PublishProperties(
                payloadFormat: .text,
                responseTopic: ByteBuffer(string: "answers/a"),
                correlationData: ByteBuffer(bytes: [1, 2]),
                contentType: "text/plain",
                userProperties: [UserProperty(name: "b", value: "1"), UserProperty(name: "a", value: "2")]
            )
            try await client.send(.message("t", "x", .atMostOnce, properties: properties))
            #expect(try await client.nextPublish().properties == properties)
        }
    }

    @Test(
        "a client is never sent a packet over its maximum: the message is dropped for it alone [MQTT-3.1.2-25]",
        arguments: QoS.allCases
    )
    func packetSizeMax(qos: QoS) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let small = try await self.client(endpoint, "s", .v5, ConnectProperties(packetSizeMax: 40))
            try await small.subscribe("t", qos)
            let large = try await self.client(endpoint, "l", .v5)
            try await large.subscribe("t", qos)
            let publisher = try await self.client(endpoint, "p", .v5)
            // Fixed header 2, topic 3, identifier 2 unless QoS 0, property length 1: the rest is payload.
            let fitting = 40 - 2 - 3 - 1 - (qos == .atMostOnce ? 0 : 2)
            for (id, size) in [fitting + 1, fitting].enumerated() {
                try await publisher.publish("t", String(repeating: "x", count: size), qos, id: UInt16(id + 1))
            }
            #expect(try await small.nextPublish().text.count == fitting)
            #expect(try await large.nextPublish().text.count == fitting + 1)
            #expect(try await large.nextPublish().text.count == fitting)
            try await small.send(.disconnect(DisconnectPacket()))
            var end = try await endpoint.observer.ends.next()
            if end.droppedMessages == 0 { end = try await endpoint.observer.ends.next() }
            #expect(end.droppedMessages == 1)
        }
    }

    @Test("no more than the client's Receive Maximum waits for its answers [MQTT-3.3.4-9]")
    func receiveMaximum() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await self.client(endpoint, "s", .v5, ConnectProperties(receiveMaximum: 2))
            try await client.subscribe("t", .atLeastOnce)
            let publisher = try await self.client(endpoint, "p", .v5)
            for id in UInt16(1)...4 { try await publisher.publish("t", "\(id)", id: id) }
            let first = try await client.nextPublish()
            let second = try await client.nextPublish()
            try await client.expectNothingButPing()
            try await client.send(.puback(PubackPacket(packetID: first.packetID)))
            #expect(try await client.nextPublish().text == "3")
            try await client.expectNothingButPing()
            try await client.send(.puback(PubackPacket(packetID: second.packetID)))
            #expect(try await client.nextPublish().text == "4")
        }
    }

    @Test(
        "a topic that comes again is said by its alias, at most as many as the client takes [MQTT-3.1.2-26]",
        arguments: [UInt16(0), 1, 2]
    )
    func aliases(topicAliasMax: UInt16) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await self.client(endpoint, "s", .v5, ConnectProperties(topicAliasMax: topicAliasMax))
            try await client.subscribe("#")
            let publisher = try await self.client(endpoint, "p", .v5)
            var known: [UInt16: String] = [:]
            for topic in ["a", "a", "b", "a", "b"] {
                try await publisher.send(.message(topic, topic, .atMostOnce))
                let publish = try await client.nextPublish()
                let alias = publish.properties?.topicAlias
                if let alias, publish.topic.readableBytes > 0 { known[alias] = publish.topicText }
                #expect(alias.flatMap { known[$0] } ?? publish.topicText == topic)
                #expect((alias ?? 0) <= topicAliasMax)
            }
            #expect(known.count == Int(topicAliasMax))
        }
    }

    @Test("what is left of a message's life is told, and a dead message is not sent [MQTT-3.3.2-5] [MQTT-3.3.2-6]")
    func expiry() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let session = ConnectProperties(sessionExpirySeconds: 100)
            let client = try await self.client(endpoint, "s", .v5, session)
            try await client.subscribe("t", .atLeastOnce)
            let publisher = try await self.client(endpoint, "p", .v5)
            let properties = PublishProperties(messageExpirySeconds: 60)
            try await publisher.publish("t", "a", properties: properties)
            let publish = try await client.nextPublish()
            let left = try #require(publish.properties?.messageExpirySeconds)
            #expect(left == 60 || left == 59)
        }
    }

    @Test("of a shared subscription's members one gets a message [MQTT-4.8.2-4]")
    func shared() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, threads: 2) { endpoint in
            var members: [TestClient] = []
            for name in ["a", "b"] {
                let member = try await self.client(endpoint, name, .v5)
                try await member.subscribe("$share/g/t/#", .atLeastOnce)
                members.append(member)
            }
            let publisher = try await self.client(endpoint, "p", .v5)
            for id in UInt16(1)...4 { try await publisher.publish("t/\(id)", "\(id)", id: id) }
            var received: [String] = []
            for member in members {
                for _ in 0..<2 { received.append(try await member.nextPublish().text) }
                try await member.expectNothingButPing()
            }
            #expect(received.sorted() == ["1", "2", "3", "4"])
        }
    }

    @Test(
        "what is not granted to subscribe to is 0x87, in MQTT 3.1.1 0x80 [MQTT-3.9.3-1]",
        arguments: MQTTVersion.allCases
    )
    func permissions(version: MQTTVersion) async throws {
        try await TestEndpoint.run(authenticator: .application(subscribe: ["a/#"])) { endpoint in
            let client = try await self.client(endpoint, "a", version)
            let refused = version == .v5 ? ReasonCode.notAuthorized : .failure
            for filter in [
                "#", "b", "$SYS/#", "$iothub/methods/POST/#", "devices/a/messages/devicebound/#", "$share/g/b",
            ] {
                #expect(try await client.subscribe(filter) == [refused], "\(filter)")
            }
            #expect(try await client.subscribe("a/b/#") == [.grantedQoS0])
            #expect(try await client.subscribe("$share/g/a/+", .exactlyOnce) == [.grantedQoS2])
        }
    }

    @Test("UNSUBSCRIBE says whether there was a subscription, and ends it [MQTT-3.10.4-1] [MQTT-3.11.3-1]")
    func unsubscribe() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await self.client(endpoint, "a", .v5)
            try await client.subscribe("t")
            try await client.send(.unsubscribe(UnsubscribePacket(packetID: 9, filters: ["t", "u"])))
            let codes = [ReasonCode.success, .noSubscriptionExisted]
            #expect(try await client.next() == .packet(.unsuback(UnsubackPacket(packetID: 9, codes: codes))))
            try await client.send(.message("t", "x", .atMostOnce))
            try await client.expectNothingButPing()
        }
    }

    @Test("a message that no packet holds is dropped for each subscriber, and the next one arrives")
    func unwritable() async throws {
        try await TestEndpoint.run(authenticator: .application()) { endpoint in
            let old = try await endpoint.client("old")
            try await old.subscribe("#")
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.subscribe("#", subscriptionID: 1)
            let eventLoop = endpoint.group.next()
            let topic = String(repeating: "x", count: 65_536)
            endpoint.server.publish(topic: topic, payload: ByteBuffer(string: "1"), on: eventLoop)
            endpoint.server.publish(topic: "y", payload: ByteBuffer(string: "2"), on: eventLoop)
            #expect(try await old.nextPublish().text == "2")
            #expect(try await client.nextPublish().text == "2")
        }
    }

    @Test("a filter of a kept session that is not granted any more is gone")
    func permissionsWithdrawn() async throws {
        let authenticator = FakeAuthenticator { request in
            .accept(
                AcceptedConnection(
                    principal: .application("x"),
                    permissions: TopicPermissions(publish: ["#"], subscribe: request.userName == nil ? ["#"] : ["a"])
                )
            )
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let session = ConnectProperties(sessionExpirySeconds: 100)
            let first = try await self.client(endpoint, "s", .v5, session)
            try await first.subscribe("a")
            try await first.subscribe("b")
            let second = try await endpoint.client(.v5)
            try await second.send(
                .connect(
                    ConnectPacket(clientID: "s", cleanSession: false, userName: "u", version: .v5, properties: session)
                )
            )
            _ = try await second.next()
            let publisher = try await self.client(endpoint, "p", .v5)
            try await publisher.send(.message("b", "b", .atMostOnce), .message("a", "a", .atMostOnce))
            #expect(try await second.nextPublish().text == "a")
        }
    }
}
