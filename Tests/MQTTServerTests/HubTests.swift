import EventLog
import HubProtocol
import MQTTCodec
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("requests and answers on the hub's topics, contract iothub-mqtt sections 5 to 10")
struct HubTests {
    private static let twinAnswers = "$iothub/twin/res/#"

    @Test("a link opens with what the session is subscribed to, follows SUBSCRIBE and UNSUBSCRIBE, and closes last")
    func link() async throws {
        let hub = RecordingHub()
        try await TestEndpoint.run(hub: hub) { endpoint in
            let client = try await endpoint.client()
            try await client.connect(ConnectPacket(clientID: "dev1", cleanSession: false))
            let (link, first) = try await hub.openings.next()
            #expect(link.identity.description == "dev1")
            #expect(first == [])
            #expect(try await client.subscribe(Self.twinAnswers, .exactlyOnce) == [.grantedQoS1])
            #expect(try await hub.changes.next() == .twinAnswers)
            try await client.subscribe("devices/dev1/messages/devicebound/#", .atLeastOnce)
            #expect(try await hub.changes.next() == [.twinAnswers, .devicebound])
            try await client.send(.unsubscribe(UnsubscribePacket(packetID: 7, filters: [Self.twinAnswers])))
            _ = try await client.next()
            #expect(try await hub.changes.next() == .devicebound)
            try await client.close()
            #expect(try await hub.closings.next() === link)

            let again = try await endpoint.client()
            try await again.connect(ConnectPacket(clientID: "dev1", cleanSession: false), sessionPresent: true)
            #expect(try await hub.openings.next().1 == .devicebound)
        }
    }

    @Test(
        "a request is answered by the hub with QoS 0, and acknowledged behind that; what follows waits",
        arguments: [MQTTVersion.v311, .v5]
    )
    func request(version: MQTTVersion) async throws {
        let hub = RecordingHub()
        try await TestEndpoint.run(hub: hub) { endpoint in
            let client = try await endpoint.client(version)
            try await client.send(.connect(ConnectPacket(clientID: "dev1/mod1", version: version)))
            _ = try await client.next()
            try await client.subscribe(Self.twinAnswers)
            try await client.send(
                .message("$iothub/twin/GET/?$rid=r-1", " ", .atLeastOnce, id: 5),
                .message("devices/dev1/modules/mod1/messages/events/", "{}", .atLeastOnce, id: 6)
            )
            let asked = try await hub.requests.next()
            #expect(asked.request == HubRequest(.twinGet, requestID: "r-1"))
            #expect(asked.payload == " ")
            #expect(asked.link.identity.description == "dev1/mod1")
            let topic = HubAnswerTopic.twin(status: 200, requestID: "r-1")
            asked.link.publish(
                topic: topic,
                payload: ByteBuffer(string: "{}"),
                requiring: .twinAnswers,
                answering: "r-1"
            )
            let answer = try await client.nextPublish()
            #expect(String(buffer: answer.topic) == topic)
            #expect(String(buffer: answer.payload) == "{}")
            #expect(answer.qos == .atMostOnce)
            try await client.expectAcknowledged(5...6)
        }
    }

    @Test("a request that the hub does not answer in time is acknowledged all the same")
    func unanswered() async throws {
        let hub = RecordingHub()
        var configuration = MQTTServer.Configuration()
        configuration.hubAnswerTimeout = .milliseconds(20)
        try await TestEndpoint.run(hub: hub, configuration: configuration) { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(
                .message("$iothub/twin/GET/?$rid=1", "", .atLeastOnce, id: 1),
                .telemetry(of: "dev1", id: 2)
            )
            try await client.expectAcknowledged(1...2)
        }
    }

    @Test("requests and telemetry are acknowledged in the order of their packets [MQTT-4.6.0-2]")
    func order() async throws {
        let hub = RecordingHub()
        try await TestEndpoint.run(hub: hub) { endpoint in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await client.send(
                .telemetry(of: "dev1", id: 1),
                .message("$iothub/methods/res/200/?$rid=9", "{\"ok\":1}", .atLeastOnce, id: 2),
                .telemetry(of: "dev1", id: 3)
            )
            #expect(try await hub.requests.next().request == HubRequest(.methodAnswer(status: 200), requestID: "9"))
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged(1...3)
        }
    }

    @Test("QoS 2 to a request's topic closes, QoS 0 is served; section 4")
    func qualities() async throws {
        let hub = RecordingHub()
        try await TestEndpoint.run(hub: hub) { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.publish("$iothub/twin/PATCH/properties/reported/?$rid=1", "{}", .atMostOnce)
            #expect(try await hub.requests.next().request == HubRequest(.reportedPatch(ifVersion: nil), requestID: "1"))
            try await client.send(.message("$iothub/twin/GET/?$rid=2", "", .exactlyOnce, id: 1))
            try await client.expectClosed()
            #expect(endpoint.closed(.qosNotSupported) == 1)
        }
    }

    @Test("what the client is not subscribed to is not sent to it")
    func notSubscribed() async throws {
        let hub = RecordingHub()
        try await TestEndpoint.run(hub: hub) { endpoint in
            let client = try await endpoint.client("dev1")
            let (link, _) = try await hub.openings.next()
            link.publish(topic: HubAnswerTopic.desired(version: 2), payload: ByteBuffer(), requiring: .desiredPatches)
            let ends = Mailbox<HubDelivery.End>("the end of a delivery")
            link.deliver(
                HubDelivery(topic: "devices/dev1/messages/devicebound/", payload: ByteBuffer()) { ends.push($0) }
            )
            #expect(try await ends.next() == .lost)
            try await client.expectNothingButPing()
        }
    }

    @Test("deliveries come in order with QoS 1, end at PUBACK, and are lost with the connection; section 9")
    func deliveries() async throws {
        let hub = RecordingHub()
        try await TestEndpoint.run(hub: hub) { endpoint in
            let client = try await endpoint.client()
            try await client.connect(ConnectPacket(clientID: "dev1", cleanSession: false))
            let (link, _) = try await hub.openings.next()
            try await client.subscribe("devices/dev1/messages/devicebound/#", .atLeastOnce)
            let ends = Mailbox<String>("the end of a delivery")
            for number in 1...3 {
                let topic = HubAnswerTopic.devicebound(device: "dev1", properties: [("$.mid", "m\(number)")])
                link.deliver(
                    HubDelivery(topic: topic, payload: ByteBuffer(string: "\(number)")) { ends.push("\(number) \($0)") }
                )
            }
            for number in 1...3 {
                let publish = try await client.nextPublish()
                #expect(String(buffer: publish.topic) == "devices/dev1/messages/devicebound/%24.mid=m\(number)")
                #expect(publish.qos == .atLeastOnce)
                guard number < 3 else { continue }
                try await client.send(.puback(PubackPacket(packetID: publish.packetID)))
                #expect(try await ends.next() == "\(number) acknowledged")
            }
            try await client.close()
            #expect(try await ends.next() == "3 lost")
            link.deliver(
                HubDelivery(topic: "devices/dev1/messages/devicebound/", payload: ByteBuffer()) { ends.push("4 \($0)") }
            )
            #expect(try await ends.next() == "4 lost", "a link outlives its connection")

            let again = try await endpoint.client()
            try await again.connect(ConnectPacket(clientID: "dev1", cleanSession: false), sessionPresent: true)
            try await again.expectNothingButPing("the session does not keep what the hub keeps")
        }
    }

    @Test("deliveries keep to the client's Receive Maximum [MQTT-4.9.0-2]")
    func window() async throws {
        let hub = RecordingHub()
        try await TestEndpoint.run(hub: hub) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1", ConnectProperties(receiveMaximum: 1))
            let (link, _) = try await hub.openings.next()
            try await client.subscribe("devices/dev1/messages/devicebound/#", .atLeastOnce)
            for number in 1...2 {
                link.deliver(
                    HubDelivery(topic: "devices/dev1/messages/devicebound/", payload: ByteBuffer(string: "\(number)")) {
                        _ in
                    }
                )
            }
            let first = try await client.nextPublish()
            try await client.expectNothingButPing()
            try await client.send(.puback(PubackPacket(packetID: first.packetID)))
            #expect(String(buffer: try await client.nextPublish().payload) == "2")
        }
    }
}
