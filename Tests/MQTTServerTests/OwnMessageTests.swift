import Foundation
import Glibc
import MQTTServer
import NIOCore
import NIOPosix
import ServerTestSupport
import Testing

@Suite("Messages of the gateway's own", .timeLimit(.minutes(1)))
struct OwnMessageTests {
    private static let anyone = FakeAuthenticator.application()

    private static func message(_ topic: String, _ text: String, isRetained: Bool = false) -> GatewayMessage {
        GatewayMessage(topic: topic, payload: ByteBuffer(string: text), isRetained: isRetained)
    }

    private static func texts(of endpoint: TestEndpoint) async -> [String] {
        await endpoint.server.retainedMessages { $0.starts(with: "t/".utf8) }
            .map { "\($0.topic) \(String(buffer: $0.payload))" }.sorted()
    }

    @Test("they reach subscribers in order, and those that are retained stay, also over a restart")
    func retained() async throws {
        let folder = try TestEndpoint.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await TestEndpoint.run(in: folder, authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client("a")
            try await client.subscribe("#")
            let eventLoop = endpoint.group.next()
            let messages = [
                Self.message("t/1", "a", isRetained: true), Self.message("t/2", "b"),
                Self.message("t/3", "c", isRetained: true), Self.message("u", "d", isRetained: true),
            ]
            #expect(await endpoint.server.publish(messages, on: eventLoop))
            for text in ["a", "b", "c", "d"] { #expect(try await client.nextPublish().text == text) }
            #expect(await Self.texts(of: endpoint) == ["t/1 a", "t/3 c"])
            #expect(await endpoint.server.publish([Self.message("t/1", "", isRetained: true)], on: eventLoop))
            #expect(await endpoint.server.publish([Self.message("t/9", "only passing")], on: eventLoop))
            #expect(await endpoint.server.publish([], on: eventLoop))
        }
        try await TestEndpoint.run(in: folder, authenticator: Self.anyone) { endpoint in
            #expect(await Self.texts(of: endpoint) == ["t/3 c"])
        }
    }

    @Test("no ingest rule sees them: what was made of telemetry does not become telemetry again")
    func ingest() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: IngestTests.Rules()) { endpoint in
            let client = try await endpoint.client("a")
            try await client.subscribe("#")
            let messages = [Self.message("ingest/dev1/t", "1", isRetained: true), Self.message("ingest/dev1/t", "2")]
            #expect(await endpoint.server.publish(messages, on: endpoint.group.next()))
            for text in ["1", "2"] { #expect(try await client.nextPublish().text == text) }
            #expect(try endpoint.records().isEmpty)
        }
    }

    @Test("one that cannot be retained is delivered, and its publisher does not wait for anything")
    func refused() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client("a")
            try await client.subscribe("#")
            let topic = String(repeating: "/", count: 200)
            #expect(
                await endpoint.server.publish([Self.message(topic, "x", isRetained: true)], on: endpoint.group.next())
            )
            #expect(try await client.nextPublish().text == "x")
        }
    }

    @Test("while `_mqtt` takes nothing the publisher is told, and again when it has stopped")
    func failure() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let eventLoop = endpoint.group.next()
            endpoint.files.failSyncs(errno: EIO, of: "/_mqtt/")
            let messages = [Self.message("t/1", "a", isRetained: true)]
            #expect(await !endpoint.server.publish(messages, on: eventLoop), "on its way when the sync fails")
            #expect(await !endpoint.server.publish(messages, on: eventLoop), "after it")
            #expect(await Self.texts(of: endpoint) == [])
            await endpoint.server.stop()
            #expect(await !endpoint.server.publish(messages, on: eventLoop))
        }
    }
}
