import EventLog
import HubProtocol
import MQTTCodec
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("connections of devices that register, contract provisioning section 3")
struct RegistrationTests {
    private static let answers = "$dps/registrations/res/#"

    /// Everybody registers.
    private static let authenticator = FakeAuthenticator { request in
        .accept(
            AcceptedConnection(
                principal: .registration(request.clientID),
                isHubForm: true,
                attributes: ["enrollment": "fleet"]
            )
        )
    }

    @Test(
        "a registration and the question for its state are acknowledged and answered",
        arguments: [MQTTVersion.v311, .v5]
    )
    func requests(version: MQTTVersion) async throws {
        let registrations = RecordingRegistrations()
        try await TestEndpoint.run(authenticator: Self.authenticator, provisioning: registrations) { endpoint in
            let client = try await endpoint.client(version)
            try await client.send(.connect(ConnectPacket(clientID: "sensor-7", version: version)))
            _ = try await client.next()
            #expect(try await client.subscribe(Self.answers, .atLeastOnce) == [.grantedQoS1])
            try await client.publish("$dps/registrations/PUT/iotdps-register/?$rid=r-1", "{}", id: 5)
            let asked = try await registrations.requests.next()
            #expect(asked.request == HubRequest(.register, requestID: "r-1"))
            #expect(asked.payload == "{}")
            #expect(asked.link.event.clientID == "sensor-7")
            #expect(asked.link.event.attributes["enrollment"] == "fleet")
            let topic = HubAnswerTopic.provisioning(status: 200, requestID: "r-1")
            asked.link.publish(topic: topic, payload: ByteBuffer(string: "{}"))
            let answer = try await client.nextPublish()
            #expect(String(buffer: answer.topic) == topic)
            #expect(answer.qos == .atMostOnce)
            let status = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r-2&operationId=5.a"
            try await client.publish(status, " ", id: 6)
            let next = try await registrations.requests.next()
            #expect(next.request == HubRequest(.registrationStatus(operationID: "5.a"), requestID: "r-2"))
            #expect(endpoint.topic.recordCount == 0)
        }
    }

    @Test(
        "every other topic closes the connection",
        arguments: [
            "devices/sensor-7/messages/events/", "$iothub/twin/GET/?$rid=1", "$dps/registrations/res/200/?$rid=1",
            "a/b",
            "$dps/registrations/PUT/iotdps-register/", "$dps/registrations/PUT/other/?$rid=1",
        ]
    )
    func otherTopics(topic: String) async throws {
        let registrations = RecordingRegistrations()
        try await TestEndpoint.run(authenticator: Self.authenticator, provisioning: registrations) { endpoint in
            let client = try await endpoint.client("sensor-7")
            try await client.send(.message(topic, "{}", .atLeastOnce, id: 5))
            try await client.expectClosed()
            #expect(endpoint.closed(.topicNotAllowed) == 1)
            #expect(endpoint.topic.recordCount == 0)
        }
    }

    @Test("only answers can be subscribed to, and only a connection of a registration can")
    func subscriptions() async throws {
        let registrations = RecordingRegistrations()
        try await TestEndpoint.run(authenticator: Self.authenticator, provisioning: registrations) { endpoint in
            let client = try await endpoint.client("sensor-7")
            for filter in ["$dps/#", "$iothub/twin/res/#", "devices/sensor-7/messages/devicebound/#", "#", "a"] {
                #expect(try await client.subscribe(filter, .atLeastOnce).allSatisfy(\.isError))
            }
            #expect(try await client.subscribe(Self.answers, .exactlyOnce) == [.grantedQoS1])
        }
        try await TestEndpoint.run(provisioning: registrations) { endpoint in
            let client = try await endpoint.client("dev1")
            #expect(try await client.subscribe(Self.answers, .atLeastOnce).allSatisfy(\.isError))
            try await client.send(
                .message("$dps/registrations/PUT/iotdps-register/?$rid=r-1", "{}", .atLeastOnce, id: 5)
            )
            try await client.expectClosed()
        }
    }

    @Test("nothing is remembered, also without clean session")
    func noSession() async throws {
        let registrations = RecordingRegistrations()
        try await TestEndpoint.run(authenticator: Self.authenticator, provisioning: registrations) { endpoint in
            for _ in 0..<2 {
                let client = try await endpoint.client()
                try await client.connect(ConnectPacket(clientID: "sensor-7", cleanSession: false))
                try await client.subscribe(Self.answers, .atLeastOnce)
                try await client.close()
            }
        }
    }

    @Test("where nobody serves registrations, a request closes the connection")
    func notServed() async throws {
        try await TestEndpoint.run(authenticator: Self.authenticator) { endpoint in
            let client = try await endpoint.client("sensor-7")
            try await client.send(
                .message("$dps/registrations/PUT/iotdps-register/?$rid=r-1", "{}", .atLeastOnce, id: 5)
            )
            try await client.expectClosed()
        }
    }
}
