import MQTTCodec
import MQTTProtocol
import TestSupport
import Testing

@testable import MQTTServer

@Suite("Random clients against a model", .timeLimit(.minutes(3)))
struct BrokerPropertyTests {
    /// What a persistent client must get in the end.
    private final class Model {
        let client: ModelClient
        var subscriptions: [String: QoS] = [:]
        /// Payloads with QoS 1 or 2, in order.
        var expected: [String] = []
        var onceOnly: Set<String> = []
        var isConnected = false

        init(_ client: ModelClient) {
            self.client = client
        }

        /// The QoS with which a topic reaches the client; `nil`: not at all.
        func qos(of topic: String, _ qos: QoS) -> QoS? {
            self.subscriptions.filter { Model.matches($0.key, topic) }.map(\.value).max().map { min($0, qos) }
        }

        private static func matches(_ filter: String, _ topic: String) -> Bool {
            let levels = topic.split(separator: "/")
            let parts = filter.split(separator: "/")
            for (index, part) in parts.enumerated() {
                if part == "#" { return true }
                guard index < levels.count, part == "+" || part == levels[index] else { return false }
            }
            return parts.count == levels.count
        }
    }

    private static let topics = ["a", "b", "a/x", "a/y", "b/x", "a/x/1"]
    private static let filters = ["#", "a/#", "+", "a/+", "+/x", "a/x/1", "b"]

    @Test("whatever clients do, each gets what it subscribed to: all of it, in order, QoS 2 once", arguments: 0..<8)
    func histories(number: Int) async throws {
        var random = SeededGenerator(seed: SeededGenerator.seed(of: "histories \(number)") &+ UInt64(number))
        let bench = BrokerBench()
        bench.configuration.segmentBytesMax = 4 << 10
        bench.configuration.clientQueueBytesMax = 64
        try await bench.start()
        let models = (0..<4).map { Model(ModelClient("client \($0)", clock: bench.clock)) }
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        for model in models {
            try await model.client.connect(bench.loops[1])
            model.isConnected = true
        }
        for step in 0..<250 {
            guard let model = models.randomElement(using: &random) else { return }
            switch Int.random(in: 0..<20, using: &random) {
            case 0...1:
                try await model.client.disconnect()
                model.isConnected = false
            case 2...4:
                guard let loop = bench.loops.randomElement(using: &random) else { return }
                model.client.answers = [.all, .all, .none, .untilPubrec].randomElement(using: &random) ?? .all
                let window = UInt16.random(in: 1...5, using: &random)
                let present = try await model.client.connect(loop, receiveMaximum: window)
                #expect(present)
                model.isConnected = true
            case 5...7 where model.isConnected:
                guard let filter = Self.filters.randomElement(using: &random) else { return }
                let qos = Bool.random(using: &random) ? QoS.atLeastOnce : .exactlyOnce
                try await model.client.subscribe(filter, qos)
                model.subscriptions[filter] = qos
            case 8 where model.isConnected:
                guard let filter = Self.filters.randomElement(using: &random) else { return }
                let existed = try await model.client.unsubscribe(filter)
                #expect(existed == (model.subscriptions.removeValue(forKey: filter) != nil))
            case 9 where step % 3 == 0:
                try await bench.restart()
                for model in models {
                    model.client.lose()
                    model.isConnected = false
                }
                try await publisher.connect(bench.loops[0], expirySeconds: 0)
            case 10:
                while try await bench.broker?.cleanSegment() == true {}
            default:
                guard let topic = Self.topics.randomElement(using: &random) else { return }
                let qos = Bool.random(using: &random) ? QoS.atLeastOnce : .exactlyOnce
                let payload = "\(step) " + String(repeating: "x", count: Int.random(in: 0...80, using: &random))
                let reason = try await publisher.publish(topic, payload, qos)
                var isWanted = false
                for model in models {
                    guard let delivered = model.qos(of: topic, qos) else { continue }
                    isWanted = true
                    model.expected.append(payload)
                    if delivered == .exactlyOnce { model.onceOnly.insert(payload) }
                }
                #expect(reason == (isWanted ? .success : .noMatchingSubscribers))
            }
        }
        for model in models {
            model.client.answers = .all
            try await model.client.connect(bench.loops[0])
            let expected = model.expected
            #expect(try await model.client.waits { Set($0.payloads).count == Set(expected).count })
            var seen: Set<String> = []
            let firsts = model.client.payloads.filter { seen.insert($0).inserted }
            let missing = expected.filter { !seen.contains($0) }.map { $0.prefix { $0 != " " } }
            let name = model.client.key.clientID
            #expect(missing.isEmpty, "\(name): lost")
            let order = model.client.received.map { "\($0.payload.prefix { $0 != " " })\($0.isDuplicate ? "D" : "")" }
            let isInOrder = firsts == expected.filter { seen.contains($0) }
            #expect(isInOrder, "\(name): \(order)")
            let twice = model.onceOnly.filter { payload in model.client.payloads.filter { $0 == payload }.count > 1 }
            #expect(twice.isEmpty, "\(name): QoS 2 twice")
        }
        try await bench.stop()
    }
}
