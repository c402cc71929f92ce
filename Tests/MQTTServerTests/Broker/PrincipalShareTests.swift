import MQTTCodec
import MQTTProtocol
import TelemetryModel
import TestSupport
import Testing

@testable import MQTTServer

@Suite("No principal takes the places of the others", .timeLimit(.minutes(1)))
struct PrincipalShareTests {
    @Test("sessions: as many as one may have, then no more until one ends; another principal is not refused")
    func sessions() async throws {
        let bench = BrokerBench()
        bench.configuration.sessionsPerPrincipalMax = 2
        try await bench.start()
        let clients = (0..<3).map { ModelClient("c\($0)", clock: bench.clock) }
        try await clients[0].connect(bench.loops[0])
        try await clients[1].connect(bench.loops[1])
        await #expect(throws: AttachError.fullForPrincipal) { try await clients[2].connect(bench.loops[0]) }
        try await ModelClient("c2", clock: bench.clock, principal: .application("other")).connect(bench.loops[0])
        // The same key is no new session, and kept ones count after a restart.
        try await clients[0].connect(bench.loops[1])
        for client in clients { client.lose() }
        try await bench.restart()
        await #expect(throws: AttachError.fullForPrincipal) { try await clients[2].connect(bench.loops[0]) }
        try await clients[0].connect(bench.loops[0])
        try await clients[0].disconnect(expirySeconds: 0)
        try await eventually { bench.sessions.rows.count == 2 }
        try await clients[2].connect(bench.loops[0])
        try await bench.stop()
    }

    @Test("queue places: a tenth of all, whatever the number of sessions")
    func queues() async throws {
        let bench = BrokerBench()
        bench.configuration.sessionQueueMax = 3
        bench.configuration.sessionQueuesMax = 40
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock, principal: .application("publisher"))
        try await publisher.connect(bench.loops[0])
        let own = [ModelClient("a", clock: bench.clock), ModelClient("b", clock: bench.clock)]
        let other = ModelClient("c", clock: bench.clock, principal: .application("other"))
        for client in own + [other] {
            try await client.connect(bench.loops[0])
            try await client.subscribe("t")
            try await client.disconnect()
        }
        for number in 0..<3 { try await publisher.publish("t", "\(number)") }
        for client in own + [other] { try await client.connect(bench.loops[1]) }
        #expect(try await other.waits { $0.payloads == ["0", "1", "2"] })
        #expect(try await own[0].waits { $0.payloads.count == 2 })
        #expect(own[0].payloads == ["0", "1"])
        #expect(try await own[1].waits { $0.payloads == ["0", "1"] })
        // What was delivered is a place again.
        try await other.publishNothing(on: bench.loops[1])
        #expect(try await publisher.publish("t", "3") == .success)
        #expect(try await own[0].waits { $0.payloads == ["0", "1", "3"] })
        try await bench.stop()
    }

    @Test("retained messages: a tenth of all; what ends or is replaced is a place again")
    func retained() async throws {
        let bench = BrokerBench()
        bench.configuration.retainedMax = 1_000
        try await bench.start()
        let client = ModelClient("a", clock: bench.clock)
        let other = ModelClient("b", clock: bench.clock, principal: .application("other"))
        try await client.connect(bench.loops[0])
        try await other.connect(bench.loops[0])
        func retain(_ topic: String, _ payload: String, by client: ModelClient) async throws -> Bool {
            try await client.publish(topic, payload, retain: true)
            return bench.retained(topic) == payload
        }
        for number in 0..<100 { #expect(try await retain("t/\(number)", "x", by: client)) }
        #expect(try await !retain("t/100", "x", by: client))
        #expect(try await retain("t/99", "new", by: client))
        #expect(try await retain("t/100", "x", by: other))
        try await client.publish("t/0", "", retain: true)
        #expect(try await retain("t/101", "x", by: client))
        #expect(try await !retain("t/102", "x", by: client))
        // Another's takes over the topic, and its place.
        #expect(try await retain("t/1", "x", by: other))
        #expect(try await retain("t/102", "x", by: client))
        try await bench.stop()
    }

    @Test("bytes of retained messages: a tenth of all, but 1 MiB", arguments: [(1 << 20, true), (1 << 20 + 1, false)])
    func retainedBytes(bytes: Int, isRetained: Bool) async throws {
        let bench = BrokerBench()
        bench.configuration.retainedBytesMax = 4 << 20
        try await bench.start()
        let client = ModelClient("a", clock: bench.clock)
        try await client.connect(bench.loops[0])
        let payload = String(repeating: "x", count: bytes - 1)
        try await client.publish("t", payload, retain: true)
        #expect((bench.retained("t") == payload) == isRetained)
        try await bench.stop()
    }
}
