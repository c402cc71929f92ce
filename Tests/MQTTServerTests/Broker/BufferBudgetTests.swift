import MQTTCodec
import TestSupport
import Testing

@testable import MQTTServer

@Suite("What waits in memory for all clients together is bounded, STYLE section 5", .timeLimit(.minutes(1)))
struct BufferBudgetTests {
    private static let large = String(repeating: "x", count: 50_000)

    @Test("beyond the bound new messages are dropped for who does not answer, a persistent session loses none")
    func sessions() async throws {
        let bench = BrokerBench()
        bench.configuration.bufferedBytesMax = 300_000
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let deaf = (0..<4).map { ModelClient("deaf\($0)", clock: bench.clock) }
        for (number, client) in deaf.enumerated() {
            client.answers = .none
            let expirySeconds: UInt32 = number < 2 ? 0 : 1_000
            try await client.connect(bench.loops[number % 2], expirySeconds: expirySeconds, receiveMaximum: 2)
            try await client.subscribe("a")
        }
        let other = ModelClient("other", clock: bench.clock)
        try await other.connect(bench.loops[1])
        try await other.subscribe("a")
        for _ in 0..<40 { try await publisher.publish("a", Self.large) }
        #expect(try await other.waits { $0.received.count == 40 })
        let broker = try #require(bench.broker)
        // Each loop may be behind by a step, each client one message over.
        #expect(broker.budget.used <= 300_000 + 2 * ByteBudget.Share.step + 5 * 50_001)
        #expect(broker.budget.used > 150_000)
        for (number, client) in deaf.enumerated() {
            let dropped = try await bench.loops[number % 2].run { _ in client.attachment?.droppedMessages ?? 0 }
            #expect(number < 2 ? dropped > 20 : dropped == 0)
        }
        for client in deaf { try await client.disconnect() }
        try await eventually { broker.budget.used < 2 * ByteBudget.Share.step }
        for client in deaf.suffix(2) {
            client.answers = .all
            client.forgetReceived()
            try await client.connect(bench.loops[0], receiveMaximum: 100)
            #expect(try await client.waits { $0.received.count == 40 })
        }
        try await eventually { broker.budget.used < 2 * ByteBudget.Share.step }
        try await bench.stop()
    }

    @Test("a client for whom nothing waits gets the next message, whatever the others leave")
    func idle() async throws {
        let bench = BrokerBench()
        bench.configuration.bufferedBytesMax = 0
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("client", clock: bench.clock)
        try await client.connect(bench.loops[1], expirySeconds: 0)
        try await client.subscribe("a", .exactlyOnce)
        for number in 0..<30 {
            let qos = [QoS.atMostOnce, .atLeastOnce, .exactlyOnce][number % 3]
            try await publisher.publish("a", "\(number)", qos, packetID: qos == .exactlyOnce ? UInt16(number) : 0)
            let isAnswered = try await client.waits { $0.received.count == number + 1 }
            #expect(isAnswered)
            try await client.publishNothing(on: bench.loops[1])
        }
        try await bench.stop()
    }

    @Test("a loop's share tells the others in steps, and asks them before it says that it is over")
    func share() {
        let budget = ByteBudget(bytesMax: 100_000)
        var one = ByteBudget.Share(of: budget)
        var two = ByteBudget.Share(of: budget)
        one.add(ByteBudget.Share.step - 1)
        #expect(budget.used == 0)
        one.add(1)
        #expect(budget.used == 65_536)
        two.add(65_536)
        #expect(budget.used == 131_072)
        let isOver = two.isOver()
        #expect(isOver)
        one.add(-65_536)
        let isOverAgain = two.isOver()
        #expect(!isOverAgain)
    }
}
