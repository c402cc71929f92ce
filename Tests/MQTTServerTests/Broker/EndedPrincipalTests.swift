import MQTTCodec
import MQTTProtocol
import TelemetryModel
import TestSupport
import Testing

@testable import MQTTServer

@Suite("A principal that is deleted leaves no session behind", .timeLimit(.minutes(1)))
struct EndedPrincipalTests {
    private let app = Principal.application("app")

    @Test("the session of one who is away ends, with what waits for it; the next of the name begins anew")
    func away() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock, principal: .application("other"))
        try await publisher.connect(bench.loops[0])
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("a")
        try await client.disconnect()
        try await publisher.publish("a", "old")
        let broker = try #require(bench.broker)
        broker.endSessions(of: [self.app])
        #expect(broker.sessionCount == 1)
        try await eventually { bench.sessions.rows.map(\.key.principal) == [.application("other")] }
        #expect(try await client.connect(bench.loops[1]) == false)
        try await client.subscribe("b")
        try await publisher.publish("a", "none")
        try await publisher.publish("b", "new")
        #expect(try await client.waits { !$0.received.isEmpty })
        #expect(client.payloads == ["new"])
        // Its acknowledgement is journaled with this at the latest.
        try await client.publishNothing(on: bench.loops[1])
        try await bench.restart()
        #expect(try await client.connect(bench.loops[1]) == true)
        #expect(client.payloads == ["new"])
        try await bench.stop()
    }

    @Test("a session that a connection has ends with that connection, also when its successor waits for it")
    func connected() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("a")
        let broker = try #require(bench.broker)
        broker.endSessions(of: [self.app])
        // Takes the place of the connection that is still there.
        #expect(try await client.connect(bench.loops[1]) == false)
        try await client.disconnect()
        #expect(try await client.connect(bench.loops[1]) == true)
        try await bench.stop()
    }

    @Test("a device's end is its modules' end, and no other device's")
    func modules() async throws {
        let bench = BrokerBench()
        try await bench.start()
        for name in ["dev1", "dev1/mod1", "dev2", "dev2/mod1"] {
            let identity = try #require(IdentityID(name))
            let client = ModelClient(name, clock: bench.clock, principal: .identity(identity))
            try await client.connect(bench.loops[0])
            try await client.disconnect()
        }
        let broker = try #require(bench.broker)
        try await eventually { broker.sessionCount == 4 }
        broker.endSessions(of: [.identity(try #require(IdentityID("dev1")))])
        try await eventually { Set(bench.sessions.rows.map(\.key.clientID)) == ["dev2", "dev2/mod1"] }
        broker.endSessions(of: [.identity(try #require(IdentityID("dev2/mod1")))])
        try await eventually { Set(bench.sessions.rows.map(\.key.clientID)) == ["dev2"] }
        #expect(broker.sessionCount == 1)
        try await bench.stop()
    }

    @Test("a Will that waits for its delay is due [MQTT-3.1.3-9]")
    func will() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let listener = ModelClient("listener", clock: bench.clock, principal: .application("other"))
        try await listener.connect(bench.loops[0])
        try await listener.subscribe("w")
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("w", "gone", 3_600))
        try await client.disconnect(publishesWill: true)
        try await client.publishNothing(on: bench.loops[1])
        #expect(listener.received.isEmpty)
        bench.broker?.endSessions(of: [self.app])
        #expect(try await listener.waits { $0.payloads == ["gone"] })
        try await bench.stop()
    }
}
