import AMQPServer
import HubProtocol
import NIOCore
import ServerTestSupport
import Synchronization
import TestSupport
import Testing

@testable import AMQPProtocol

@Suite("The AMQP endpoint over real sockets, contract iothub-rest §6", .timeLimit(.minutes(1)))
struct AMQPServerTests {
    @Test("a message over TLS reaches the sender with its policy, and is accepted when that says so")
    func tls() async throws {
        let amqp = try await TestAMQP.start()
        let client = try await amqp.connect()
        try await client.ready()
        try await client.message("hello c2d")
        let message = try await amqp.sender.messages.next()
        #expect(message.device == "dev1")
        #expect(message.payload == Array("hello c2d".utf8))
        amqp.sender.answer(.accepted)
        try await client.expect("accepted")
        try await client.message("again", to: "nobody")
        amqp.sender.answer(.notFound)
        try await client.expect("rejected amqp:not-found")
        try await client.send(.close(nil))
        try await client.expect("close")
        try await client.expectEnd()
        #expect(amqp.sender.principals.withLock { $0 } == ["service", "service"])
        try await eventually { amqp.metrics.value("messages{outcome=accepted}") == 1 }
        try await eventually { amqp.metrics.value("messages{outcome=notFound}") == 1 }
        try await eventually { amqp.metrics.value("tokens{outcome=accepted}") == 1 }
        try await eventually { amqp.metrics.value("connections_closed{reason=clientClosed}") == 1 }
        await amqp.server.stop()
        #expect(amqp.server.connectionCount == 0)
        try await eventually { amqp.metrics.value("connections") == 0 }
    }

    @Test("the same over a WebSocket")
    func webSocket() async throws {
        let amqp = try await TestAMQP.start()
        let listener = try await amqp.listenForWebSockets()
        guard let address = listener.localAddress else { return }
        let client = try await TestClient.connect(to: address, isWebSocket: true)
        try await client.ready()
        try await client.message("hello c2d")
        amqp.sender.answer(.accepted)
        try await client.expect("accepted")
        #expect(try await amqp.sender.messages.next().payload == Array("hello c2d".utf8))
        try await client.close()
        try await listener.close()
        await amqp.server.stop()
    }

    @Test("a wrong token is answered 401, one that cannot be checked 503, and the connection stays")
    func tokens() async throws {
        let amqp = try await TestAMQP.start()
        let client = try await amqp.connect()
        try await client.open()
        #expect(try await client.put(token: "wrong") == .int(401))
        #expect(try await client.put(token: "unknown") == .int(503))
        #expect(try await client.put(token: "right") == .int(200))
        try await eventually { amqp.metrics.value("tokens{outcome=refused}") == 1 }
        try await eventually { amqp.metrics.value("tokens{outcome=unavailable}") == 1 }
        try await client.close()
        await amqp.server.stop()
    }

    @Test("messages of a connection are sent one after the other, in their order")
    func order() async throws {
        let amqp = try await TestAMQP.start()
        let client = try await amqp.connect()
        try await client.ready()
        for number in 0..<20 { try await client.message("\(number)") }
        for number in 0..<20 {
            #expect(try await amqp.sender.messages.next().payload == Array("\(number)".utf8))
            #expect(amqp.sender.principals.withLock { $0.count } == number + 1)
            amqp.sender.answer(.accepted)
            try await client.expect("accepted")
        }
        try await client.close()
        await amqp.server.stop()
    }

    @Test("connections over the limit are closed at accept, and served again when one has left")
    func limit() async throws {
        let amqp = try await TestAMQP.start { $0.connectionsMax = 1 }
        let first = try await amqp.connect()
        try await first.open()
        let second = try await amqp.connect()
        try await second.expectEnd()
        try await eventually { amqp.metrics.value("connections_closed{reason=tooManyConnections}") == 1 }
        try await first.send(.close(nil))
        try await first.expect("close")
        try await first.expectEnd()
        await amqp.server.stop()
    }

    @Test("a client that gives no token in time is closed")
    func silent() async throws {
        let amqp = try await TestAMQP.start { $0.limits.authenticationTimeout = .milliseconds(1) }
        let client = try await amqp.connect()
        try await client.expectEnd()
        try await eventually { amqp.metrics.value("connections_closed{reason=authenticationTimeout}") == 1 }
        await amqp.server.stop()
    }

    @Test("a stop settles the message in work, then closes as AMQP asks for")
    func stop() async throws {
        let amqp = try await TestAMQP.start()
        let client = try await amqp.connect()
        try await client.ready()
        try await client.message("in work")
        _ = try await amqp.sender.messages.next()
        async let stopped: Void = amqp.server.stop()
        amqp.sender.answer(.accepted)
        try await client.expect("accepted")
        try await client.expect("close amqp:connection:forced")
        try await client.send(.close(nil))
        try await client.expectEnd()
        await stopped
        try await eventually { amqp.metrics.value("connections_closed{reason=serverShutdown}") == 1 }
    }

    @Test("when a policy changes, the connections with its token are closed, and no others")
    func disconnect() async throws {
        let amqp = try await TestAMQP.start()
        let client = try await amqp.connect()
        try await client.ready()
        let other = try await amqp.connect()
        try await other.open()
        amqp.server.disconnect(principals: ["service"])
        try await client.expect("close amqp:connection:forced")
        try await client.send(.close(nil))
        try await client.expectEnd()
        try await eventually { amqp.metrics.value("connections_closed{reason=administrative}") == 1 }
        #expect(try await other.put(token: "right") == .int(200))
        try await other.close()
        await amqp.server.stop()
    }

    @Test("an address in use stops the start with the key's name")
    func addressInUse() async throws {
        let amqp = try await TestAMQP.start()
        let port = amqp.address.port ?? 0
        await #expect {
            _ = try await TestAMQP.start { $0.listener = ("127.0.0.1", port) }
        } throws: {
            "\($0)".hasPrefix("amqp.tlsPort \(port): another program listens at 127.0.0.1:\(port) already")
        }
        await amqp.server.stop()
    }
}
