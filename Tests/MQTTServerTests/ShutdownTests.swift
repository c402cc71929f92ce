import MQTTCodec
import MQTTServer
import NIOCore
import ServerTestSupport
import Testing

@Suite("A graceful stop acknowledges what was taken, then closes", .timeLimit(.minutes(1)))
struct ShutdownTests {
    @Test("publishes in flight get their PUBACK before the close; idle and unaccepted connections close at once")
    func drain() async throws {
        try await TestEndpoint.run(threads: 2) { endpoint in
            let client = try await endpoint.client("dev1")
            let idle = try await endpoint.client("idle")
            let silent = try await endpoint.client()
            endpoint.files.holdSyncs()
            try await client.send(.telemetry(of: "dev1", id: 1), .telemetry(of: "dev1", id: 2))
            try await endpoint.files.heldSyncs.next()
            async let stopped: Void = endpoint.server.stop()
            try await idle.expectClosed()
            try await silent.expectClosed()
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged([1, 2])
            try await client.expectClosed()
            await stopped
            #expect(endpoint.closed(.serverShutdown) == 3)
            #expect(endpoint.server.socketCount == 0)
            #expect(endpoint.server.connectionCount == 0)
            await #expect(throws: (any Error).self) { try await endpoint.client() }
        }
    }

    @Test("a disk that does not answer holds the stop no longer than the drain timeout, and nothing is acknowledged")
    func bounded() async throws {
        try await TestEndpoint.run(configuration: .with(\.drainTimeout, .milliseconds(100))) { endpoint in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await client.send(.telemetry(of: "dev1", id: 1))
            try await endpoint.files.heldSyncs.next()
            await endpoint.server.stop()
            try await client.expectClosed()
            #expect(endpoint.metrics.value("messages_acknowledged") == 0)
        }
    }

    @Test("an address in use fails the start and leaves nothing listening")
    func addressInUse() async throws {
        try await TestEndpoint.run { endpoint in
            let port = try #require(endpoint.address.port)
            await #expect(throws: MQTTStartError.self) {
                try await TestEndpoint.run(
                    configuration: .with(\.tcp, MQTTServer.Listener(host: "127.0.0.1", port: port))
                ) { _ in }
            }
        }
    }
}
