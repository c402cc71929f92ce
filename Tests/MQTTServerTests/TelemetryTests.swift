import EventLog
import MQTTCodec
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("Telemetry, contract iothub-mqtt section 4", .timeLimit(.minutes(1)))
struct TelemetryTests {
    @Test("a record holds the payload as sent, the device as key, and the bag as headers")
    func record() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            let bag = "%24.mid=mid-1&%24.ct=application%2Fjson&alert%20level=hot%20%26%20cold%3D1%2F2&b=%C3%BC&empty="
            try await client.send(.telemetry(of: "dev1", bag: bag, #"{"t": 21.5}"#, id: 1))
            try await client.expectAcknowledged([1])
            let record = try #require(try endpoint.records().first)
            #expect(record.key == "dev1")
            #expect(record.value == #"{"t": 21.5}"#)
            var headers = record.headers
            #expect(headers.removeValue(forKey: "iothub-enqueuedtime")?.utf8.count == 24)
            #expect(
                headers == [
                    "iothub-connection-device-id": "dev1", "message-id": "mid-1", "content-type": "application/json",
                    "alert level": "hot & cold=1/2", "b": "ü", "empty": "",
                ]
            )
        }
    }

    @Test("each message has the properties of its own topic, whatever the one before had")
    func changingTopics() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            let bags = ["n=1", "n=1", "n=2", "", "n=1", "?n=3"]
            for (number, bag) in bags.enumerated() {
                try await client.send(.telemetry(of: "dev1", bag: bag, id: UInt16(number + 1)))
            }
            try await client.expectAcknowledged(1...6)
            #expect(try endpoint.records().map { $0.headers["n"] } == ["1", "1", "2", nil, "1", "3"])
        }
    }

    @Test("RETAIN=1 retains nothing and becomes a property, on that message only")
    func retain() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(
                .telemetry(of: "dev1", id: 1),
                .telemetry(of: "dev1", id: 2, retain: true),
                .telemetry(of: "dev1", id: 3)
            )
            try await client.expectAcknowledged(1...3)
            #expect(try endpoint.records().map { $0.headers["mqtt-retain"] } == [nil, "true", nil])
        }
    }

    @Test("a module publishes to its own topic, under device/module")
    func module() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1/mod1")
            try await client.send(.telemetry(of: "dev1/modules/mod1", bag: "%24.on=output1", "x", id: 1))
            try await client.expectAcknowledged([1])
            let record = try #require(try endpoint.records().first)
            #expect(record.key == "dev1/mod1")
            #expect(record.headers["iothub-connection-device-id"] == "dev1")
            #expect(record.headers["iothub-connection-module-id"] == "mod1")
            #expect(record.headers["output-name"] == "output1")
        }
    }

    @Test(
        "a publish to anything but the identity's telemetry closes without PUBACK",
        arguments: [
            ("devices/dev2/messages/events/", CloseReason.topicNotAllowed),
            ("devices/dev1/modules/mod1/messages/events/", .topicNotAllowed),
            ("devices/dev1/messages/devicebound/", .topicNotAllowed),
            ("devices/dev1/messages/eventsx", .topicNotAllowed),
            ("devices/dev1/messages/event", .topicNotAllowed),
            ("devices/dev10/messages/events/", .topicNotAllowed),
            ("sensors/dev1", .topicNotAllowed),
            ("$iothub/twin/GET/?$rid=1", .notSupported),
            ("$iothub/twin/PATCH/properties/reported/?$rid=1", .notSupported),
            ("$iothub/methods/res/200/?$rid=1", .notSupported),
            ("$iothub/other", .topicNotAllowed),
            ("devices/dev1/messages/events/a=%zz", .malformedProperties),
        ]
    )
    func otherTopics(topic: String, reason: CloseReason) async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            let other = try await endpoint.client("dev2")
            try await client.send(
                .publish(
                    PublishPacket(
                        topic: ByteBuffer(string: topic),
                        payload: ByteBuffer(),
                        qos: .atLeastOnce,
                        packetID: 1
                    )
                )
            )
            try await client.expectClosed()
            let closing = try await endpoint.observer.closings.next()
            #expect(closing.0.principal.description == "dev1")
            #expect(closing.1 == reason)
            #expect(endpoint.closed(reason) == 1)
            #expect(endpoint.topic.recordCount == 0)
            try await other.expectNothingButPing("another connection is not touched")
        }
    }

    @Test("QoS 2 to a hub topic closes")
    func qos2() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(.telemetry(of: "dev1", id: 1, qos: .exactlyOnce))
            try await client.expectClosed()
            #expect(endpoint.closed(.qosNotSupported) == 1)
        }
    }

    @Test(
        "payload and counted properties may have 262144 bytes, one more closes without PUBACK",
        arguments: [
            ("", 262_144, true), ("", 262_145, false),
            // Application property: name and value; system property: its value.
            ("ab=cde", 262_139, true), ("ab=cde", 262_140, false),
            ("%24.mid=cde", 262_141, true), ("%24.mid=cde", 262_142, false),
        ]
    )
    func messageSize(bag: String, payloadBytes: Int, isTaken: Bool) async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(.telemetry(of: "dev1", bag: bag, String(repeating: "x", count: payloadBytes), id: 1))
            if isTaken {
                try await client.expectAcknowledged([1])
            } else {
                try await client.expectClosed()
                #expect(endpoint.closed(.messageTooLarge) == 1)
            }
            #expect(endpoint.topic.recordCount == (isTaken ? 1 : 0))
        }
    }
}
