import EventLog
import FoundationEssentials
import GatewayAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import TelemetryModel
import Testing

@Suite("What the gateway says about itself")
struct HubRoutesTests {
    @Test("health is 200 when all is well and 503 with reasons when not")
    func health() async throws {
        try await APIFixture.run { api in
            let well = try await api.send(.GET, "/healthz")
            #expect(well.status == 200)
            #expect(well.body == #"{"status":"ok"}"#)
            api.health.value = HealthReport(reasons: ["topic telemetry is fenced: No space left on device"])
            let ill = try await api.send(.GET, "/healthz")
            #expect(ill.status == 503)
            #expect(
                ill.body == #"{"status":"degraded","reasons":["topic telemetry is fenced: No space left on device"]}"#
            )
        }
    }

    @Test("metrics have the content type Prometheus asks for")
    func metrics() async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.GET, "/metrics")
            #expect(answer.body == "weir_up 1\n")
            #expect(answer.headers.first(name: "Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    @Test("time is the gateway's clock")
    func time() async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.GET, "/time")
            #expect(answer.body == #"{"time":"2026-11-21T12:00:00.000Z","unixMilliseconds":1795262400000}"#)
        }
    }

    @Test("HEAD has the headers and no body")
    func head() async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.HEAD, "/healthz")
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
        }
    }

    @Test("the hub's page names version, hub names, counts and topics")
    func hub() async throws {
        struct Hub: Decodable {
            struct Devices: Decodable, Equatable {
                var total: Int
                var enabled: Int
                var disabled: Int
            }

            struct Topic: Decodable {
                var name: String
            }

            var status: String
            var version: String
            var hubNames: [String]
            var devices: Devices
            var connections: Int
            var startedTime: String
            var uptimeSeconds: Int
            var topics: [Topic]
        }
        try await APIFixture.run { api in
            _ = try await api.send(
                .POST,
                "/devices?api-version=1",
                body: #"[{"id":"a"},{"id":"b","status":"disabled"}]"#
            )
            _ = try api.log.openTopic("telemetry")
            _ = try api.log.openTopic("_clock")
            api.connections.connect(try #require(IdentityID(device: "a")))
            api.clock.value = api.clock.value + .seconds(90)
            let hub = try await api.send(.GET, "/hub").json(Hub.self)
            #expect(hub.status == "ok")
            #expect(hub.version == "1.2.3")
            #expect(hub.hubNames == APIFixture.hubNames)
            #expect(hub.devices == Hub.Devices(total: 2, enabled: 1, disabled: 1))
            #expect(hub.connections == 1)
            #expect(hub.startedTime == "2026-11-21T12:00:00.000Z")
            #expect(hub.uptimeSeconds == 90)
            #expect(hub.topics.map(\.name) == ["telemetry"])
        }
    }

    @Test("a port in use is one sentence that names key and address")
    func portInUse() async throws {
        let other = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(other.localAddress?.port)
        await #expect(throws: APIStartError.self) {
            try await APIFixture.run(\.http, APIConfiguration.Listener(port: port)) { _ in
                Issue.record("two listeners on one port")
            }
        }
        do {
            try await APIFixture.run(\.http, APIConfiguration.Listener(port: port)) { _ in }
        } catch let error as APIStartError {
            #expect(error.description == "http.port \(port): another program listens at 127.0.0.1:\(port) already")
        }
        try await other.close()
    }
}
