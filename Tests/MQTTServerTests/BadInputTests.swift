import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("Bad input closes its own connection only, and is counted", .timeLimit(.minutes(1)))
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var reason: CloseReason

        init(_ name: String, _ bytes: [UInt8], _ reason: CloseReason) {
            self.name = name
            self.bytes = bytes
            self.reason = reason
        }

        var testDescription: String { self.name }
    }

    static let beforeConnect: [Case] = [
        Case("PINGREQ first [MQTT-3.1.0-1]", [0xC0, 0x00], .connectMissing),
        Case("DISCONNECT first [MQTT-3.1.0-1]", [0xE0, 0x00], .connectMissing),
        Case("PUBLISH first [MQTT-3.1.0-1]", [0x30, 0x03, 0x00, 0x01, 0x61], .connectMissing),
        Case("a web browser", Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), .malformedPacket),
        Case("a TLS client", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01], .malformedPacket),
        Case("1 MiB of zeros", [UInt8](repeating: 0, count: 1 << 20), .malformedPacket),
        Case(
            "1 MiB that calls itself a CONNECT of 256 MiB",
            [0x10, 0xFF, 0xFF, 0xFF, 0x7F]
                + [UInt8](repeating: 0x61, count: 1 << 20),
            .packetTooLarge
        ),
        Case("a CONNECT one byte over its limit of 16 KiB", [0x10, 0xFE, 0x7F], .packetTooLarge),
    ]

    static let afterConnect: [Case] = [
        Case(
            "a second CONNECT [MQTT-3.1.0-2]",
            [
                0x10, 0x0D, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x3C, 0x00, 0x01, 0x61,
            ],
            .secondConnect
        ),
        Case("a packet that only a server sends", [0xD0, 0x00], .unexpectedPacket),
        Case("packet type 15", [0xF0, 0x00], .malformedPacket),
        Case("a packet over the limit of 384 KiB", [0x32, 0x80, 0x80, 0x20], .packetTooLarge),
        Case("a topic with a wildcard [MQTT-3.3.2-2]", [0x32, 0x05, 0x00, 0x01, 0x23, 0x00, 0x01], .malformedPacket),
    ]

    @Test("bytes that are no CONNECT close without an answer", arguments: beforeConnect)
    func first(fault: Case) async throws {
        try await TestEndpoint.run { endpoint in
            let other = try await endpoint.client("other")
            let client = try await endpoint.client()
            await client.send(bytes: ByteBuffer(bytes: fault.bytes))
            try await client.expectClosed()
            #expect(endpoint.closed(fault.reason) == 1)
            try await other.send(.telemetry(of: "other", id: 1))
            try await other.expectAcknowledged([1])
        }
    }

    @Test("bad packets of an accepted client close it", arguments: afterConnect)
    func later(fault: Case) async throws {
        try await TestEndpoint.run { endpoint in
            let other = try await endpoint.client("other")
            let client = try await endpoint.client("dev1")
            await client.send(bytes: ByteBuffer(bytes: fault.bytes))
            try await client.expectClosed()
            #expect(endpoint.closed(fault.reason) == 1)
            try await other.send(.telemetry(of: "other", id: 1))
            try await other.expectAcknowledged([1])
        }
    }

    @Test("a good CONNECT and a broken packet in one write: CONNACK comes before the close")
    func brokenBehindConnect() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client()
            var bytes = ByteBuffer()
            try ConnectPacket(clientID: "dev1").encode(into: &bytes)
            bytes.writeBytes([0xF0, 0x00])
            await client.send(bytes: bytes)
            let accepted = Packet.connack(ConnackPacket(sessionPresent: false, returnCode: .accepted))
            #expect(try await client.next() == .packet(accepted))
            try await client.expectClosed()
            #expect(endpoint.closed(.malformedPacket) == 1)
        }
    }

    @Test("a CONNECT of exactly its limit is taken")
    func connectLimit() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client()
            // Fixed header 3, variable header 10, client id 2 + 4, user name 2 + the rest of 16384.
            let userName = String(repeating: "u", count: 16_384 - 21)
            try await client.connect(ConnectPacket(clientID: "dev1", userName: userName))
        }
    }

    @Test("a late PUBACK does no harm")
    func latePuback() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(.puback(PubackPacket(packetID: 1)))
            try await client.expectNothingButPing()
        }
    }

    @Test(
        "a connection that sends nothing, or half a CONNECT, is closed at the deadline",
        arguments: [[], [0x10, 0x0D]]
    )
    func silent(bytes: [UInt8]) async throws {
        try await TestEndpoint.run(configuration: .with(\.limits.connectTimeout, .milliseconds(100))) { endpoint in
            let client = try await endpoint.client()
            if !bytes.isEmpty { await client.send(bytes: ByteBuffer(bytes: bytes)) }
            try await client.expectClosed()
            #expect(endpoint.closed(.connectTimeout) == 1)
        }
    }

    @Test(
        "a client that does not read is closed when its answers wait too long, or are too many",
        arguments: [(Duration.milliseconds(200), 256 << 10), (.seconds(3_600), 1)]
    )
    func doesNotRead(stallTimeout: Duration, outboundBytesMax: Int) async throws {
        var configuration = MQTTServer.Configuration()
        configuration.outboundStallTimeout = stallTimeout
        configuration.outboundBytesMax = outboundBytesMax
        try await TestEndpoint.run(configuration: configuration) { endpoint in
            let other = try await endpoint.client("other")
            let client = try await TestClient.open(endpoint.address, receiveBufferBytes: 4_096)
            try await client.connect("dev1")
            try await client.setReading(false)
            var pings = ByteBuffer()
            pings.writeRepeatingByte(0, count: 1 << 20)
            for position in stride(from: 0, to: 1 << 20, by: 2) { pings.setInteger(UInt8(0xC0), at: position) }
            // Ends when the server stops reading and then closes.
            let flood = Task { [pings] in for _ in 0..<64 { await client.send(bytes: pings) } }
            let closing = try await endpoint.observer.closings.next()
            #expect(closing.0.principal.description == "dev1")
            #expect(closing.1 == .slowConsumer)
            try await other.expectNothingButPing("the others are served meanwhile")
            try? await client.close()
            await flood.value
        }
    }

    @Test("what is sent behind CONNECT is held to the bound while the decision is awaited", arguments: [true, false])
    func inputOverflow(isOver: Bool) async throws {
        let decisions = Mailbox<Void>("leave to decide")
        let authenticator = FakeAuthenticator { request in
            try? await decisions.next()
            return FakeAuthenticator.accept(request)
        }
        var configuration = MQTTServer.Configuration()
        configuration.inputBytesMax = 100
        configuration.packetSizeMax = 100
        try await TestEndpoint.run(authenticator: authenticator, configuration: configuration) { endpoint in
            let client = try await endpoint.client()
            var bytes = ByteBuffer()
            try Packet.connect(ConnectPacket(clientID: "dev1")).encode(into: &bytes)
            // All of it comes with the first read: a connection is not read while it waits.
            for _ in 0..<(isOver ? 101 : 100) { try Packet.pingreq.encode(into: &bytes) }
            await client.send(bytes: bytes)
            if isOver {
                try await client.expectClosed()
                #expect(endpoint.closed(.inputOverflow) == 1)
                decisions.push(())
            } else {
                decisions.push(())
                let accepted = Packet.connack(ConnackPacket(sessionPresent: false, returnCode: .accepted))
                #expect(try await client.next() == .packet(accepted))
                for _ in 0..<100 { #expect(try await client.next() == .packet(.pingresp)) }
            }
        }
    }

    @Test("more accepted connections than the limit get code 3; an identity's own newer connection does not")
    func tooManyConnections() async throws {
        try await TestEndpoint.run(configuration: .with(\.connectionsMax, 2)) { endpoint in
            _ = try await endpoint.client("a")
            let last = try await endpoint.client("b")
            let third = try await endpoint.client()
            try await third.send(.connect(ConnectPacket(clientID: "c")))
            let refusal = Packet.connack(ConnackPacket(sessionPresent: false, returnCode: .serverUnavailable))
            #expect(try await third.next() == .packet(refusal))
            _ = try await endpoint.client("b")
            try await last.expectClosed()
            #expect(endpoint.server.connectionCount == 2)
        }
    }

    @Test("sockets far above the limit are closed at accept")
    func tooManySockets() async throws {
        var configuration = MQTTServer.Configuration.with(\.connectionsMax, 1)
        // None of them is closed for its silence, however slow the machine is.
        configuration.limits.connectTimeout = .seconds(600)
        try await TestEndpoint.run(configuration: configuration) { endpoint in
            var clients: [TestClient] = []
            for _ in 0..<65 { clients.append(try await endpoint.client()) }
            // All of them are in when the last answers.
            try await clients[64].connect("dev1")
            let extra = try await endpoint.client()
            try await extra.expectClosed()
            #expect(endpoint.closed(.tooManyConnections) == 1)
            try await clients[64].expectNothingButPing()
        }
    }

    @Test("a PUBLISH with more than 1,000 user properties is told 0x95", arguments: [1_000, 1_001])
    func manyPairs(count: Int) async throws {
        try await TestEndpoint.run(authenticator: .application()) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            let pairs = [UserProperty](repeating: UserProperty(name: "", value: ""), count: count)
            try await client.send(.message("t", "1", .atMostOnce, properties: PublishProperties(userProperties: pairs)))
            if count > 1_000 {
                try await client.expectDisconnect(.packetTooLarge)
            } else {
                try await client.expectNothingButPing()
            }
        }
    }

    @Test("a client that says what only a server says is told 0x82 [MQTT-3.3.4-6]")
    func serversWords() async throws {
        try await TestEndpoint.run(authenticator: .application()) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.send(.message("t", properties: PublishProperties(subscriptionIDs: [1])))
            try await client.expectDisconnect(.protocolError)
        }
    }
}
