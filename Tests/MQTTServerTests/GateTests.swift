import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import NIOSSL
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("New connections come at a bounded rate, refusals slower and slower", .timeLimit(.minutes(1)))
struct GateTests {
    @Test("connections above the rate wait for their turn, and all come in", arguments: [true, false])
    func admission(isTLS: Bool) async throws {
        var configuration = MQTTServer.Configuration()
        configuration.admission = .init(rate: 50, burst: 1, lineMax: 100, patience: .seconds(20))
        try await TestEndpoint.run(
            authenticator: .application(),
            tls: isTLS ? try TestTLS.server() : nil,
            configuration: configuration
        ) { endpoint in
            let start = ContinuousClock.now
            let address = isTLS ? try #require(endpoint.tlsAddress) : endpoint.address
            for number in 0..<10 {
                let client = try await TestClient.open(address, tls: isTLS ? try TestTLS.client(.tlsv13) : nil)
                try await client.connect("c\(number)")
            }
            #expect(ContinuousClock.now - start >= .milliseconds(150))
            #expect(endpoint.server.connectionCount == 10)
        }
    }

    @Test("one whose turn does not come in time is closed")
    func patience() async throws {
        var configuration = MQTTServer.Configuration()
        configuration.admission = .init(rate: 0.001, burst: 1, lineMax: 100, patience: .milliseconds(50))
        try await TestEndpoint.run(authenticator: .application(), configuration: configuration) { endpoint in
            let first = try await endpoint.client("first")
            let second = try await endpoint.client()
            try await second.expectClosed()
            #expect(endpoint.closed(.admissionTimeout) == 1)
            try await first.expectNothingButPing()
        }
    }

    @Test("the third failure of an address costs nothing, the fourth waits")
    func refusals() async throws {
        let authenticator = FakeAuthenticator { _ in .refuse(.notAuthorized, reason: "no") }
        var configuration = MQTTServer.Configuration()
        configuration.refusals = .init(failuresFree: 3, waitFirst: .milliseconds(300), waitMax: .seconds(1))
        try await TestEndpoint.run(authenticator: authenticator, configuration: configuration) { endpoint in
            var waits: [Duration] = []
            for _ in 0..<4 {
                let client = try await endpoint.client()
                let start = ContinuousClock.now
                try await client.send(.connect(ConnectPacket(clientID: "a")))
                _ = try await client.next()
                waits.append(ContinuousClock.now - start)
            }
            #expect(waits[3] >= .milliseconds(290))
        }
    }
}
