import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("A subscriber that does not read: its loss alone, STYLE section 5", .timeLimit(.minutes(1)))
struct SlowSubscriberTests {
    private static let anyone = FakeAuthenticator.application()
    private static let large = String(repeating: "x", count: 64 << 10)

    /// A client that subscribed, and reads no more.
    private func deaf(_ endpoint: TestEndpoint, _ qos: QoS) async throws -> TestClient {
        let client = try await TestClient.open(endpoint.address, receiveBufferBytes: 4_096)
        try await client.connect("deaf")
        try await client.subscribe("t", qos)
        try await client.setReading(false)
        return client
    }

    @Test("QoS 0 is dropped for it and counted, another subscriber gets all", arguments: [1, 2])
    func qos0(threads: Int) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, threads: threads) { endpoint in
            let deaf = try await self.deaf(endpoint, .atMostOnce)
            let other = try await endpoint.client("other")
            try await other.subscribe("t")
            let publisher = try await endpoint.client("p")
            for number in 0..<200 {
                try await publisher.send(.message("t", Self.large, .atMostOnce))
                #expect(try await other.nextPublish().payload.readableBytes == 64 << 10, "\(number)")
            }
            try await deaf.close()
            let end = try await endpoint.observer.ends.next()
            #expect(end.droppedMessages > 0)
            #expect(end.droppedMessages < 200)
            #expect(end.reason == .connectionLost)
        }
    }

    @Test("of QoS 1 it loses what does not fit its queue, another subscriber and the publisher wait for nothing")
    func qos1() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let deaf = try await self.deaf(endpoint, .atLeastOnce)
            let other = try await endpoint.client("other")
            try await other.subscribe("t", .atLeastOnce)
            let publisher = try await endpoint.client("p")
            for number in 0..<200 {
                try await publisher.publish("t", Self.large, id: UInt16(number + 1))
                let publish = try await other.nextPublish()
                try await other.send(.puback(PubackPacket(packetID: publish.packetID)))
            }
            #expect(endpoint.server.connectionCount == 3)
            try await deaf.close()
            #expect(try await endpoint.observer.ends.next().droppedMessages > 0)
        }
    }

    @Test("it is closed when it reads nothing for too long")
    func closed() async throws {
        try await TestEndpoint.run(
            authenticator: Self.anyone,
            configuration: .with(\.outboundStallTimeout, .milliseconds(200))
        ) { endpoint in
            _ = try await self.deaf(endpoint, .atMostOnce)
            let publisher = try await endpoint.client("p")
            // Until the kernel's buffers are full.
            let flood = Task {
                while !Task.isCancelled { try await publisher.publish("t", Self.large, .exactlyOnce) }
            }
            #expect(try await endpoint.observer.ends.next().reason == .slowConsumer)
            flood.cancel()
            _ = try? await flood.value
        }
    }

    @Test("over the server's budget a client that leaves something unread gets nothing more, others all")
    func budget() async throws {
        try await TestEndpoint.run(
            authenticator: Self.anyone,
            configuration: .with(\.unreadBytesMax, 0)
        ) { endpoint in
            let deaf = try await self.deaf(endpoint, .atMostOnce)
            let other = try await endpoint.client("other")
            try await other.subscribe("t")
            let publisher = try await endpoint.client("p")
            for _ in 0..<100 {
                try await publisher.send(.message("t", Self.large, .atMostOnce))
                _ = try await other.nextPublish()
            }
            try await deaf.close()
            #expect(try await endpoint.observer.ends.next().droppedMessages > 0)
        }
    }

    @Test("one that reads again gets what waited, in order")
    func readsAgain() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let deaf = try await self.deaf(endpoint, .atLeastOnce)
            let publisher = try await endpoint.client("p")
            for number in 1...20 { try await publisher.publish("t", "\(number) " + Self.large, id: UInt16(number)) }
            try await deaf.setReading(true)
            for number in 1...12 {
                let publish = try await deaf.nextPublish()
                #expect(publish.text.hasPrefix("\(number) "))
                try await deaf.send(.puback(PubackPacket(packetID: publish.packetID)))
            }
        }
    }
}
