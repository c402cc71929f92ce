import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("Retained messages, §3.3.1.3, §3.8.3.1", .timeLimit(.minutes(1)))
struct RetainedTests {
    private static let anyone = FakeAuthenticator.application()

    @Test(
        "a new subscriber gets the last one with RETAIN, an old one without [MQTT-3.3.1-5] [MQTT-3.3.1-12]",
        arguments: MQTTVersion.allCases
    )
    func last(version: MQTTVersion) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let old = try await endpoint.client("old")
            try await old.subscribe("t/#")
            let publisher = try await endpoint.client("p")
            try await publisher.publish("t/1", "a", retain: true)
            try await publisher.publish("t/1", "b", .exactlyOnce, retain: true)
            for text in ["a", "b"] {
                let publish = try await old.nextPublish()
                #expect(publish.text == text)
                #expect(!publish.retain)
            }
            let new = try await endpoint.client(version)
            if version == .v5 { try await new.connect5("new") } else { try await new.connect("new") }
            try await new.subscribe("t/+", .atLeastOnce)
            let publish = try await new.nextPublish()
            #expect(publish.text == "b")
            #expect(publish.retain)
            #expect(publish.qos == .atLeastOnce)
        }
    }

    @Test("an empty payload removes it [MQTT-3.3.1-6] [MQTT-3.3.1-7]")
    func removal() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client("a")
            try await client.publish("t", "x", retain: true)
            try await client.publish("t", "", id: 2, retain: true)
            try await client.subscribe("t")
            try await client.expectNothingButPing()
        }
    }

    @Test("retain as published keeps the flag [MQTT-3.3.1-13]", arguments: [true, false])
    func retainAsPublished(keeps: Bool) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.subscribe("t", retainAsPublished: keeps)
            try await client.send(.message("t", "x", .atMostOnce, retain: true))
            #expect(try await client.nextPublish().retain == keeps)
        }
    }

    @Test(
        "retain handling: always, when new, never [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]",
        arguments: [(RetainHandling.send, 2), (.sendIfNew, 1), (.doNotSend, 0)]
    )
    func handling(handling: RetainHandling, times: Int) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.publish("t", "x", retain: true, reason: .noMatchingSubscribers)
            var received = 0
            for id in UInt16(1)...2 {
                try await client.subscribe("t", id: id, retainHandling: handling)
                try await client.send(.pingreq)
                while case .packet(.publish) = try await client.next() { received += 1 }
            }
            #expect(received == times)
        }
    }

    @Test("a shared subscription gets none, §4.8.2")
    func shared() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.publish("t", "x", retain: true, reason: .noMatchingSubscribers)
            try await client.subscribe("$share/g/t")
            try await client.expectNothingButPing()
        }
    }

    @Test(
        "a topic of more than 200 levels is delivered and not retained, and its identifier is free",
        arguments: [199, 200, 65_000],
        [QoS.atMostOnce, .atLeastOnce, .exactlyOnce]
    )
    func deep(slashes: Int, qos: QoS) async throws {
        try await TestEndpoint.run(authenticator: .application()) { endpoint in
            let listener = try await endpoint.client("listener")
            try await listener.subscribe("#")
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", ConnectProperties(sessionExpirySeconds: 100))
            let topic = String(repeating: "/", count: slashes)
            let isDeep = slashes >= TopicLevels.countMax
            // An error would make the client send again what the listener has.
            try await client.publish(topic, "1", qos, id: 5, retain: true, reason: .success)
            #expect(try await listener.nextPublish().text == "1")
            try await client.publish("other", "2", qos == .atMostOnce ? .atLeastOnce : qos, id: 5)
            #expect(try await listener.nextPublish().text == "2")
            let late = try await endpoint.client("late")
            try await late.subscribe("#")
            if isDeep {
                try await late.expectNothingButPing()
            } else {
                #expect(try await late.nextPublish().text == "1")
            }
        }
    }

    @Test("an MQTT 3.1.1 client is told nothing of it, and its message is not retained")
    func deepVersion311() async throws {
        try await TestEndpoint.run(authenticator: .application()) { endpoint in
            let client = try await endpoint.client("a")
            try await client.publish(String(repeating: "/", count: 200), "1", retain: true)
            try await client.subscribe("#")
            try await client.expectNothingButPing()
        }
    }
}
