import EventLog
import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import TestSupport
import Testing

@Suite("PUBLISH to ordinary topics, §3.3", .timeLimit(.minutes(1)))
struct PublishTests {
    private static let anyone = FakeAuthenticator.application()

    @Test(
        "a topic that is not granted: MQTT 3.1.1 closes",
        arguments: ["secret", "$SYS/x", "devices/dev1/messages/events/"]
    )
    func forbidden311(topic: String) async throws {
        try await TestEndpoint.run(authenticator: .application(publish: ["sensors/#"])) { endpoint in
            let client = try await endpoint.client("a")
            try await client.publish("sensors/1")
            try await client.send(.message(topic, id: 2))
            try await client.expectClosed()
            #expect(endpoint.closed(.topicNotAllowed) == 1)
        }
    }

    @Test(
        "a topic that is not granted: MQTT 5 answers 0x87, in its turn, and goes on [MQTT-4.6.0-2]",
        arguments: ["secret", "$SYS/x", "$iothub/x", "devices/dev1/messages/events/"]
    )
    func forbidden(topic: String) async throws {
        try await TestEndpoint.run(authenticator: .application(publish: ["sensors/#"])) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.send(
                .message("sensors/1", id: 1),
                .message(topic, id: 2),
                .message(topic, .init(), .atMostOnce),
                .message("sensors/1", id: 3),
                .message(topic, "{}", .exactlyOnce, id: 4)
            )
            let answers: [Packet] = [
                .puback(PubackPacket(packetID: 1, reason: .noMatchingSubscribers)),
                .puback(PubackPacket(packetID: 2, reason: .notAuthorized)),
                .puback(PubackPacket(packetID: 3, reason: .noMatchingSubscribers)),
                .pubrec(PubrecPacket(packetID: 4, reason: .notAuthorized)),
            ]
            for answer in answers { #expect(try await client.next() == .packet(answer)) }
            try await eventually { endpoint.metrics.value("messages_refused") == 3 }
            try await client.expectNothingButPing()
        }
    }

    @Test("a connection in the hub's form closes on what is not granted, also in MQTT 5")
    func hubForm() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1")
            try await client.send(.message("devices/dev2/messages/events/", id: 1))
            try await client.expectDisconnect(.notAuthorized)
        }
    }

    @Test("hub telemetry and ordinary messages of one connection are acknowledged in their order [MQTT-4.6.0-2]")
    func mixed() async throws {
        let authenticator = FakeAuthenticator { request in
            guard let identity = IdentityID(request.clientID) else { return .refuse(.clientIDNotValid, reason: "") }
            return .accept(
                AcceptedConnection(
                    principal: .identity(identity),
                    isHubForm: true,
                    permissions: TopicPermissions(publish: ["a/#"], subscribe: ["a/#"])
                )
            )
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(
                .telemetry(of: "dev1", id: 1),
                .telemetry(of: "dev1", id: 2),
                .message("a/b", id: 3),
                .message("a/c", id: 4),
                .telemetry(of: "dev1", id: 5),
                .message("a/b", id: 6)
            )
            try await client.expectAcknowledged(1...6)
            #expect(endpoint.topic.recordCount == 3)
        }
    }

    @Test("nobody subscribes: 0x10, somebody does: 0x00", arguments: [QoS.atLeastOnce, .exactlyOnce])
    func noSubscribers(qos: QoS) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.publish("t", "1", qos, reason: .noMatchingSubscribers)
            let other = try await endpoint.client(.v5)
            try await other.connect5("b")
            try await other.subscribe("t")
            try await client.publish("t", "2", qos, id: 2)
            #expect(try await other.nextPublish().text == "2")
        }
    }

    @Test("a payload that is declared text must be UTF-8: 0x99", arguments: [true, false])
    func payloadFormat(isText: Bool) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            let publish = PublishPacket(
                topic: ByteBuffer(string: "t"),
                payload: ByteBuffer(bytes: [0xFF]),
                qos: .atLeastOnce,
                packetID: 1,
                properties: PublishProperties(payloadFormat: isText ? .text : .unspecified)
            )
            try await client.send(.publish(publish))
            let reason = isText ? ReasonCode.payloadFormatInvalid : .noMatchingSubscribers
            #expect(try await client.next() == .packet(.puback(PubackPacket(packetID: 1, reason: reason))))
        }
    }

    @Test("an alias stands for its topic, telemetry too [MQTT-3.3.2-12]")
    func aliases() async throws {
        let authenticator = FakeAuthenticator { request in
            guard let identity = IdentityID(request.clientID) else { return .refuse(.clientIDNotValid, reason: "") }
            return .accept(
                AcceptedConnection(
                    principal: .identity(identity),
                    permissions: TopicPermissions(publish: ["#"], subscribe: ["#"])
                )
            )
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1")
            try await client.subscribe("a/#")
            let alias = { PublishProperties(topicAlias: $0) }
            try await client.send(
                .message("a/1", "one", .atMostOnce, properties: alias(1)),
                .message("devices/dev1/messages/events/", "t1", properties: alias(2)),
                .message("", "two", .atMostOnce, properties: alias(1)),
                .message("", "t2", id: 2, properties: alias(2)),
                .message("a/3", "three", .atMostOnce, properties: alias(1)),
                .message("", "four", .atMostOnce, properties: alias(1))
            )
            var topics: [String] = []
            var answers: [UInt16] = []
            while topics.count < 4 || answers.count < 2 {
                switch try await client.next() {
                case .packet(.publish(let publish)): topics.append(publish.topicText)
                case .packet(.puback(let answer)): answers.append(answer.packetID)
                case let unexpected:
                    Issue.record("\(unexpected)")
                    return
                }
            }
            #expect(topics == ["a/1", "a/1", "a/3", "a/3"])
            #expect(try endpoint.records().map(\.value) == ["t1", "t2"])
        }
    }

    @Test("MQTT 5 properties of telemetry become properties of the record")
    func telemetryProperties() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1")
            let properties = PublishProperties(
                contentType: "application/json",
                userProperties: [UserProperty(name: "line", value: "4")]
            )
            try await client.publish("devices/dev1/messages/events/n=1", properties: properties)
            let headers = try endpoint.records()[0].headers
            #expect(headers["content-type"] == "application/json")
            #expect(headers["line"] == "4")
            #expect(headers["n"] == "1")
        }
    }

    @Test("user properties cannot say who a device is, when its message came, or that a reading was imported")
    func forgedProperties() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1")
            let names = ["iothub-connection-device-id", "iothub-enqueuedtime", "weir-import", "weir-historical"]
            let properties = PublishProperties(userProperties: names.map { UserProperty(name: $0, value: "evil") })
            try await client.publish("devices/dev1/messages/events/n=1", properties: properties)
            let headers = try endpoint.records()[0].headers
            #expect(headers["iothub-connection-device-id"] == "dev1")
            #expect(headers["iothub-enqueuedtime"] != "evil")
            #expect(headers["weir-import"] == nil && headers["$app.weir-import"] == "evil")
            #expect(headers["$app.iothub-connection-device-id"] == "evil")
            #expect(headers["weir-historical"] == "evil", "a device's own")
        }
    }

    @Test("more open publishes than Receive Maximum are 0x93 [MQTT-3.3.4-7]", arguments: [(3, false), (4, true)])
    func receiveMaximum(count: Int, isOver: Bool) async throws {
        try await TestEndpoint.run(configuration: .with(\.receiveMaximum, 3)) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1")
            endpoint.files.holdSyncs()
            for id in 1...count { try await client.send(.telemetry(of: "dev1", id: UInt16(id))) }
            if isOver {
                try await client.expectDisconnect(.receiveMaximumExceeded)
            } else {
                try await endpoint.files.heldSyncs.next()
                endpoint.files.releaseSyncs()
                try await client.expectAcknowledged(1...3)
                for id in 1...3 { try await client.send(.telemetry(of: "dev1", id: UInt16(id))) }
                try await client.expectAcknowledged(1...3)
            }
        }
    }

    @Test("open QoS 2 publishes count until PUBCOMP [MQTT-3.3.4-7]")
    func receiveMaximumQoS2() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, configuration: .with(\.receiveMaximum, 2)) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            for round in 0..<3 {
                try await client.publish("t", "\(round)", .exactlyOnce, reason: .noMatchingSubscribers)
            }
            for id in UInt16(1)...2 {
                try await client.send(.message("t", "{}", .exactlyOnce, id: id))
                guard case .packet(.pubrec) = try await client.next() else { throw TestClient.NotAPublish() }
            }
            try await client.send(.message("t", "{}", .exactlyOnce, id: 3))
            try await client.expectDisconnect(.receiveMaximumExceeded)
        }
    }

    @Test("rates: what is sent too fast is read later and nothing is lost", arguments: [true, false])
    func rate(isBytes: Bool) async throws {
        let rates = isBytes ? ConnectionRates(bytesPerSecond: 500) : ConnectionRates(messagesPerSecond: 50)
        try await TestEndpoint.run(authenticator: .application(limits: rates)) { endpoint in
            let client = try await endpoint.client("a")
            let start = ContinuousClock.now
            // One per read: the limit holds from read to read.
            for id in UInt16(1)...100 { try await client.publish("t", "123456789", id: id) }
            // 100 messages of 10 bytes: the burst is a second's worth, the rest takes a second.
            #expect(ContinuousClock.now - start >= .milliseconds(900))
        }
    }
}
