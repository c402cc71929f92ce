import MQTTCodec
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import weir_sim

/// Messages 0 ..< count, as many as asked for at once.
final class CountingFeed: DeviceFeed {
    var onLoaded: (() -> Void)?
    private let count: Int
    private let record: @Sendable ([Int]) -> Void
    private var next = 0

    init(count: Int, record: @escaping @Sendable ([Int]) -> Void) {
        self.count = count
        self.record = record
    }

    func next(at elapsed: Duration) -> FeedStep {
        guard self.next < self.count else { return .finished }
        defer { self.next += 1 }
        return .message(OutgoingMessage(number: self.next, payload: ByteBuffer(string: "\(self.next)")))
    }

    func stored(_ numbers: [Int]) { self.record(numbers) }
}

@Suite("a fleet device against a gateway on loopback", .timeLimit(.minutes(1)))
struct FleetDriverTests {
    /// What a run of one device left.
    struct Outcome {
        var seen: TestGateway.Seen
        var stored: [Int]
        var counters: FleetCounters.Snapshot
        var notes: [String]
    }

    static func run(
        count: Int,
        window: Int = 10,
        behaviour: @escaping @Sendable (Int) -> TestGateway.Behaviour
    ) async throws -> Outcome {
        let gateway = try await TestGateway(behaviour: behaviour)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let stored = Box<[Int]>([])
        let shown = Box<[String]>([])
        let shared = FleetDriver<CountingFeed>.Shared(
            settings: FleetClient.Settings(window: window),
            transport: FleetTransport(address: gateway.address, security: nil),
            clock: RunClock(),
            counters: FleetCounters(),
            notes: FleetNotes { line in shown.value.withLock { $0.append(line) } }
        )
        let member = FleetMember(id: "dev1", hubName: "hub.example.org", key: Array("key".utf8))
        let fleet = try await Fleet(members: [member], shared: shared, group: group, seed: 1) { _, _ in
            CountingFeed(count: count) { numbers in stored.value.withLock { $0 += numbers } }
        }
        fleet.start()
        try await fleet.ended()
        try await group.shutdownGracefully()
        try await gateway.stop()
        return Outcome(
            seen: gateway.snapshot,
            stored: stored.value.withLock { $0 },
            counters: shared.counters.snapshot,
            notes: shown.value.withLock { $0 }
        )
    }

    final class Box<Value: Sendable>: Sendable {
        let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
    }

    @Test("every message arrives once, in order, on the device's topic, and the device says goodbye")
    func plain() async throws {
        let outcome = try await FleetDriverTests.run(count: 1_000) { _ in TestGateway.Behaviour() }
        #expect(outcome.seen.publishes.map(\.payload) == (0..<1_000).map { "\($0)" })
        #expect(outcome.seen.publishes.allSatisfy { !$0.isDuplicate })
        #expect(
            Set(outcome.seen.publishes.map(\.topic))
                == ["devices/dev1/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8"]
        )
        #expect(outcome.stored == Array(0..<1_000))
        #expect(outcome.counters.sent == 1_000)
        #expect(outcome.counters.acknowledged == 1_000)
        #expect(outcome.counters.resent == 0)
        #expect(outcome.counters.connected == 0)
        #expect(outcome.seen.disconnects == 1)
        #expect(outcome.notes == [])
    }

    @Test("CONNECT carries the hub's user name and a token for the device")
    func connect() async throws {
        let outcome = try await FleetDriverTests.run(count: 0) { _ in TestGateway.Behaviour() }
        let connect = try #require(outcome.seen.connects.first)
        #expect(connect.clientID == "dev1")
        #expect(!connect.cleanSession)
        #expect(connect.keepAliveSeconds == 60)
        #expect(connect.userName?.hasPrefix("hub.example.org/dev1/?api-version=") == true)
        let password = String(buffer: try #require(connect.password))
        #expect(password.hasPrefix("SharedAccessSignature sr=hub.example.org%2Fdevices%2Fdev1&sig="))
    }

    @Test("connections that die with messages in flight lose none: they go again, in order, with DUP")
    func lostConnections() async throws {
        let outcome = try await FleetDriverTests.run(count: 200) { connection in
            TestGateway.Behaviour(closesAfter: connection < 3 ? 7 : nil)
        }
        #expect(outcome.stored == Array(0..<200))
        for connection in 0..<4 {
            let numbers = outcome.seen.publishes.filter { $0.connection == connection }.map(\.payload)
            #expect(numbers == (0..<numbers.count).map { "\($0)" }, "connection \(connection) begins at the oldest")
        }
        let last = outcome.seen.publishes.filter { $0.connection == 3 }
        #expect(last.count == 200)
        #expect(last.prefix(10).allSatisfy { $0.isDuplicate }, "the window was in flight")
        #expect(last.dropFirst(10).allSatisfy { !$0.isDuplicate })
        #expect(last.map { Int($0.id) } == Array(1...200))
        #expect(outcome.counters.sent == 200)
        #expect(outcome.counters.resent == 30)
        #expect(outcome.notes.count == 1, "one line for one kind of trouble: \(outcome.notes)")
    }

    @Test("PUBACKs that nobody waits for are passed over")
    func unknownPubacks() async throws {
        let outcome = try await FleetDriverTests.run(count: 50) { _ in TestGateway.Behaviour(sendsUnknownPubacks: true)
        }
        #expect(outcome.stored == Array(0..<50))
        #expect(outcome.counters.acknowledged == 50)
    }

    @Test("CONNACK 3 is tried again, CONNACK 5 ends the device with a sentence")
    func refused() async throws {
        let busy = try await FleetDriverTests.run(count: 5) { connection in
            TestGateway.Behaviour(answer: connection < 2 ? .serverUnavailable : .accepted)
        }
        #expect(busy.seen.connects.count == 3)
        #expect(busy.stored == Array(0..<5))
        let refused = try await FleetDriverTests.run(count: 5) { _ in TestGateway.Behaviour(answer: .notAuthorized) }
        #expect(refused.seen.connects.count == 1)
        #expect(refused.counters.refused == 1)
        #expect(refused.counters.sent == 0)
        #expect(refused.notes.first?.contains("CONNACK 5") == true)
    }

    @Test("an answer that is no MQTT, or a packet that no server sends, is trouble and tried again")
    func garbage() async throws {
        let answers: [[UInt8]] = [
            Array("HTTP/1.1 400 Bad Request\r\n".utf8), [0xC0, 0x00], [0x20, 0x02, 0x00, 0x63],
            [0x30, 0x80, 0x80, 0x80, 0x7F],
        ]
        let outcome = try await FleetDriverTests.run(count: 5) { connection in
            TestGateway.Behaviour(garbage: connection < answers.count ? answers[connection] : nil)
        }
        #expect(outcome.stored == Array(0..<5))
        #expect(outcome.notes.count >= 3, "\(outcome.notes)")
        #expect(outcome.notes.allSatisfy { $0.hasPrefix("dev1: the gateway sent no valid MQTT") }, "\(outcome.notes)")
    }

    @Test("a stopped fleet waits for its acknowledgements and ends")
    func stop() async throws {
        let gateway = try await TestGateway { _ in TestGateway.Behaviour() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let shared = FleetDriver<CountingFeed>.Shared(
            settings: FleetClient.Settings(window: 4),
            transport: FleetTransport(address: gateway.address, security: nil),
            clock: RunClock(),
            counters: FleetCounters(),
            notes: FleetNotes { _ in }
        )
        let members = (1...20).map { FleetMember(id: "dev\($0)", hubName: "hub", key: [1]) }
        let fleet = try await Fleet(members: members, shared: shared, group: group, seed: 1) { _, _ in
            CountingFeed(count: .max) { _ in }
        }
        fleet.start()
        while shared.counters.snapshot.acknowledged < 1_000 { await Task.yield() }
        fleet.stop()
        try await fleet.ended()
        #expect(shared.counters.snapshot.unacknowledged == 0)
        #expect(shared.counters.snapshot.connected == 0)
        try await group.shutdownGracefully()
        try await gateway.stop()
    }

    @Test("where nobody listens, a fleet that is stopped ends with what it has")
    func nobody() async throws {
        let gateway = try await TestGateway { _ in TestGateway.Behaviour() }
        let address = gateway.address
        try await gateway.stop()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let shown = Box<[String]>([])
        let shared = FleetDriver<CountingFeed>.Shared(
            settings: FleetClient.Settings(),
            transport: FleetTransport(address: address, security: nil),
            clock: RunClock(),
            counters: FleetCounters(),
            notes: FleetNotes { line in shown.value.withLock { $0.append(line) } }
        )
        let member = FleetMember(id: "dev1", hubName: "hub", key: [1])
        let fleet = try await Fleet(members: [member], shared: shared, group: group, seed: 1) { _, _ in
            CountingFeed(count: 5) { _ in }
        }
        fleet.start()
        while shown.value.withLock({ $0.isEmpty }) { await Task.yield() }
        fleet.stop()
        try await fleet.ended()
        let lines = shown.value.withLock { $0 }
        #expect(lines == ["dev1: Connection refused; trying again"])
        try await group.shutdownGracefully()
    }
}
