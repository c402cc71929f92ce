import EventLog
import Glibc
import MQTTCodec
import NIOCore
import NIOPosix
import ReadingNumbers
import ServerTestSupport
import Synchronization
import TelemetryModel
import TestSupport
import Testing

@testable import MQTTServer

@Suite("Numbered telemetry: a reading arrives once, DESIGN section 5", .timeLimit(.minutes(1)))
struct NumberedTelemetryTests {
    /// An endpoint that looks at numbers and has read its log, which is empty.
    private static func run(
        threads: Int = 1,
        isReady: Bool = true,
        _ body: (TestEndpoint, ReceivedNumbers) async throws -> Void
    ) async throws {
        let numbers = ReceivedNumbers(devicesMax: 1_000)
        if isReady { numbers.becomeReady() }
        func make(_ topic: LogTopic) -> ReceivedNumbers { numbers }
        try await TestEndpoint.run(numbers: make, threads: threads) { try await body($0, numbers) }
    }

    private static func bag(_ epoch: Int, _ first: Int, _ count: Int, _ more: String = "") -> String {
        "weir-epoch=\(epoch)&weir-seq=\(first)&weir-count=\(count)\(more)"
    }

    @Test("what comes again is acknowledged and not stored again, over a new connection, too")
    func repeated() async throws {
        try await Self.run { endpoint, _ in
            let first = try await endpoint.client("dev1")
            try await first.send(
                .telemetry(of: "dev1", bag: Self.bag(1, 0, 2), "a", id: 1),
                .telemetry(of: "dev1", bag: Self.bag(1, 2, 2), "b", id: 2)
            )
            try await first.expectAcknowledged([1, 2])
            try await first.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 2), "a", id: 3, isDuplicate: true))
            try await first.expectAcknowledged([3])
            let second = try await endpoint.client("dev1")
            try await second.send(
                .telemetry(of: "dev1", bag: Self.bag(1, 2, 2), "b", id: 2, isDuplicate: true),
                .telemetry(of: "dev1", bag: Self.bag(1, 1, 2), "overlaps two", id: 3),
                .telemetry(of: "dev1", bag: Self.bag(1, 4, 1), "c", id: 4)
            )
            try await second.expectAcknowledged([2, 3, 4])
            #expect(try endpoint.records().map(\.value) == ["a", "b", "c"])
            try await eventually { endpoint.metrics.value("messages_repeated") == 3 }
        }
    }

    @Test("stored is what is contained only in part, of another epoch, of another device, or without numbers")
    func stored() async throws {
        try await Self.run { endpoint, _ in
            let one = try await endpoint.client("dev1")
            let other = try await endpoint.client("dev2")
            for bag in [Self.bag(1, 0, 2), Self.bag(1, 1, 2), Self.bag(2, 0, 2), "", ""] {
                try await one.send(.telemetry(of: "dev1", bag: bag, id: 1))
                try await one.expectAcknowledged([1])
            }
            try await other.send(.telemetry(of: "dev2", bag: Self.bag(1, 0, 2), id: 1))
            try await other.expectAcknowledged([1])
            #expect(endpoint.topic.recordCount == 6)
        }
    }

    @Test("numbers that cannot be read are counted, and the message stored each time")
    func malformed() async throws {
        try await Self.run { endpoint, _ in
            let client = try await endpoint.client("dev1")
            for id in UInt16(1)...2 {
                try await client.send(.telemetry(of: "dev1", bag: "weir-epoch=1&weir-seq=x&weir-count=1", id: id))
            }
            try await client.expectAcknowledged([1, 2])
            #expect(endpoint.topic.recordCount == 2)
            try await eventually { endpoint.metrics.value("messages_misnumbered") == 2 }
        }
    }

    @Test("the numbers may stand in the user properties of MQTT 5")
    func userProperties() async throws {
        try await Self.run { endpoint, _ in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1")
            for id in UInt16(1)...2 {
                let pairs = [("weir-seq", "5"), ("weir-count", "1")].map { UserProperty(name: $0.0, value: $0.1) }
                try await client.send(
                    .publish(
                        PublishPacket(
                            topic: ByteBuffer(string: "devices/dev1/messages/events/weir-epoch=1"),
                            payload: ByteBuffer(string: "{}"),
                            qos: .atLeastOnce,
                            packetID: id,
                            isDuplicate: false,
                            retain: false,
                            properties: PublishProperties(userProperties: pairs)
                        )
                    )
                )
                try await client.expectAcknowledged([id])
            }
            #expect(endpoint.topic.recordCount == 1)
        }
    }

    @Test("a repeat of what is not synced yet is acknowledged with it, and not before")
    func unsynced() async throws {
        try await Self.run { endpoint, _ in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 1))
            try await endpoint.files.heldSyncs.next()
            try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 2))
            try await client.expectNothingButPing("the original is written, but not synced")
            // In one turn: the original and its repeat.
            try await client.send(
                .telemetry(of: "dev1", bag: Self.bag(1, 1, 1), id: 3),
                .telemetry(of: "dev1", bag: Self.bag(1, 1, 1), id: 4)
            )
            try await client.expectNothingButPing()
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged(1...4)
            #expect(endpoint.topic.recordCount == 2)
            try await eventually { endpoint.metrics.value("messages_repeated") == 2 }
        }
    }

    @Test("a repeat on another event loop waits for the sync of its original, too")
    func otherLoop() async throws {
        try await Self.run(threads: 2) { endpoint, _ in
            // Loops take turns: one of each pair of connections lies on each of them.
            let others = [try await endpoint.client("other1"), try await endpoint.client("other2")]
            let first = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await first.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), "a", id: 1))
            try await endpoint.files.heldSyncs.next()
            let second = try await endpoint.client("dev1")
            try await first.expectClosed()
            try await second.send(
                .telemetry(of: "dev1", bag: Self.bag(1, 0, 1), "a", id: 1, isDuplicate: true),
                .telemetry(of: "dev1", bag: Self.bag(1, 1, 1), "b", id: 2)
            )
            for client in others + others { try await client.expectNothingButPing() }
            #expect(endpoint.metrics.value("messages_acknowledged") == 0)
            endpoint.files.releaseSyncs()
            try await second.expectAcknowledged([1, 2])
            #expect(try endpoint.records().map(\.value) == ["a", "b"])
            try await eventually { endpoint.metrics.value("messages_repeated") == 1 }
        }
    }

    @Test("a device that moves between event loops with every message stores each of them once")
    func moving() async throws {
        try await Self.run(threads: 2) { endpoint, numbers in
            for number in 0..<40 {
                let client = try await endpoint.client("dev1")
                for first in 0...number {
                    let bag = Self.bag(1, first, 1)
                    try await client.send(.telemetry(of: "dev1", bag: bag, "\(first)", id: UInt16(first + 1)))
                }
                // The others are not waited for: the next connection takes over meanwhile.
                if number == 39 { try await client.expectAcknowledged(1...40) }
            }
            #expect(try endpoint.records().map(\.value) == (0..<40).map { "\($0)" })
            #expect(numbers.deviceCount == 1)
        }
    }

    @Test("two connections of one device on two event loops send the same readings: each is stored once")
    func twoConnections() async throws {
        let device = try #require(IdentityID(device: "dev1"))
        let authenticator = FakeAuthenticator { _ in .accept(AcceptedConnection(principal: .identity(device))) }
        let numbers = ReceivedNumbers(devicesMax: 1_000)
        numbers.becomeReady()
        func make(_ topic: LogTopic) -> ReceivedNumbers { numbers }
        try await TestEndpoint.run(authenticator: authenticator, numbers: make, threads: 2) { endpoint in
            let clients = [try await endpoint.client("a"), try await endpoint.client("b")]
            for number in 0..<100 {
                for client in clients {
                    let bag = Self.bag(1, number, 1)
                    try await client.send(.telemetry(of: "dev1", bag: bag, "\(number)", id: UInt16(number + 1)))
                }
            }
            for client in clients { try await client.expectAcknowledged(1...100) }
            #expect(try endpoint.records().map(\.value).sorted() == (0..<100).map { "\($0)" }.sorted())
        }
    }

    @Test("a stop while numbered telemetry waits closes its connection without PUBACK")
    func stopped() async throws {
        try await Self.run(isReady: false) { endpoint, _ in
            let client = try await endpoint.client("dev1")
            try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 1))
            try await endpoint.client("dev2").expectNothingButPing()
            await endpoint.server.stop()
            try await client.expectClosed()
            #expect(endpoint.topic.recordCount == 0)
        }
    }

    @Test("when the commit fails, neither the original nor its repeat is acknowledged")
    func failedCommit() async throws {
        try await Self.run { endpoint, numbers in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 1))
            try await endpoint.files.heldSyncs.next()
            try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 2))
            try await client.expectNothingButPing()
            endpoint.files.failSyncs(errno: EIO)
            try await client.expectClosed()
            #expect(endpoint.metrics.value("messages_acknowledged") == 0)
            #expect(numbers.ranges(of: "dev1").isEmpty)
        }
    }

    @Test("until the log was read, numbered telemetry waits; all else goes on")
    func notReady() async throws {
        try await Self.run(isReady: false) { endpoint, numbers in
            numbers.record(
                MessageNumbers(span: ReadingSpan(epoch: 1, first: 0, last: 0)),
                of: "dev1",
                atMinute: 1
            )
            let numbered = try await endpoint.client("dev1")
            let plain = try await endpoint.client("dev2")
            try await numbered.send(
                .telemetry(of: "dev1", bag: Self.bag(1, 0, 1), "a", id: 1),
                .telemetry(of: "dev1", bag: Self.bag(1, 1, 1), "b", id: 2)
            )
            try await plain.send(.telemetry(of: "dev2", "c", id: 1))
            try await plain.expectAcknowledged([1])
            // Gone before its turn.
            let gone = try await endpoint.client("dev3")
            try await gone.send(.telemetry(of: "dev3", bag: Self.bag(1, 0, 1), id: 1))
            try await gone.close()
            try await plain.expectNothingButPing()
            #expect(endpoint.topic.recordCount == 1)
            numbers.becomeReady()
            try await numbered.expectAcknowledged([1, 2])
            #expect(try endpoint.records().map(\.value).sorted() == ["b", "c"])
        }
    }

    @Test("a drop that the device reports, and what never came, become gaps")
    func gaps() async throws {
        try await Self.run { endpoint, numbers in
            let client = try await endpoint.client("dev1")
            try await client.send(
                .telemetry(of: "dev1", bag: Self.bag(2, 0, 1), id: 1),
                .telemetry(of: "dev1", bag: Self.bag(2, 10, 1, "&weir-dropped=1%3A90-99%2C4-6"), id: 2),
                .telemetry(of: "dev1", bag: "weir-dropped=3%3A0-1", id: 3)
            )
            try await client.expectAcknowledged(1...3)
            let dropped = try #require(numbers.nextGaps)
            #expect(
                dropped.gaps.map { "\($0.device) \($0.span) \($0.reason)" } == [
                    "dev1 1:90-99 dropped", "dev1 2:4-6 dropped", "dev1 3:0-1 dropped",
                ]
            )
            numbers.confirm(dropped.confirmation)
            #expect(numbers.nextGaps == nil)
            numbers.expire(noticedBy: .max >> 2)
            let missing = try #require(numbers.nextGaps)
            #expect(missing.gaps.map { "\($0.span) \($0.reason)" } == ["2:1-3 missing", "2:7-9 missing"])
        }
    }

    @Test("a deleted device begins anew")
    func deleted() async throws {
        try await Self.run { endpoint, numbers in
            for _ in 0..<2 {
                let client = try await endpoint.client("dev1")
                try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 1))
                try await client.expectAcknowledged([1])
                let identity = try #require(IdentityID(device: "dev1"))
                endpoint.server.forget([.identity(identity)])
                try await client.expectClosed()
            }
            #expect(endpoint.topic.recordCount == 2)
            try await eventually { numbers.deletions == 4 }
            #expect(numbers.ranges(of: "dev1").isEmpty)
        }
    }

    @Test(
        "what a deleted device had on its way is not taken for its successor's, on the same event loop and on another",
        arguments: [1, 2]
    )
    func deletedWhileSending(threads: Int) async throws {
        try await Self.run(threads: threads) { endpoint, numbers in
            let identity = try #require(IdentityID(device: "dev1"))
            let old = try await endpoint.client("dev1")
            try await old.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), "old 0", id: 1))
            try await old.expectAcknowledged([1])
            endpoint.files.holdSyncs()
            try await old.send(.telemetry(of: "dev1", bag: Self.bag(1, 1, 1), "old 1", id: 2))
            try await endpoint.files.heldSyncs.next()
            try await old.send(.telemetry(of: "dev1", bag: Self.bag(1, 2, 1), "old 2", id: 3))
            try await old.expectNothingButPing()
            endpoint.server.forget([.identity(identity)])
            try await old.expectClosed()
            let new = try await endpoint.client("dev1")
            for number in 0..<3 {
                try await new.send(
                    .telemetry(of: "dev1", bag: Self.bag(1, number, 1), "new \(number)", id: UInt16(number + 1))
                )
            }
            try await endpoint.client("dev2").expectNothingButPing()
            endpoint.files.releaseSyncs()
            try await new.expectAcknowledged(1...3)
            let stored = try endpoint.records().map(\.value)
            #expect(stored == ["old 0", "old 1", "old 2", "new 0", "new 1", "new 2"])
            #expect(endpoint.metrics.value("messages_repeated") == 0)
            // And it is known from now on, by its own numbers.
            try await new.send(.telemetry(of: "dev1", bag: Self.bag(1, 1, 1), id: 4))
            try await new.expectAcknowledged([4])
            try await eventually { endpoint.metrics.value("messages_repeated") == 1 }
        }
    }

    @Test("a fence with very much on its way lets the event loop go on at once")
    func manyLost() async throws {
        let (devices, messages) = (100, 100)
        try await Self.run { endpoint, numbers in
            var clients: [TestClient] = []
            for number in 0..<devices { clients.append(try await endpoint.client("dev\(number)")) }
            endpoint.files.holdSyncs()
            // Round after round, so that each turn of the event loop is a submit of its own.
            for message in 0..<messages {
                for (number, client) in clients.enumerated() {
                    let bag = Self.bag(1, message, 1)
                    try await client.send(.telemetry(of: "dev\(number)", bag: bag, id: UInt16(message + 1)))
                }
            }
            for client in clients { try await client.expectNothingButPing() }
            let start = ContinuousClock.now
            endpoint.files.failSyncs(errno: EIO)
            for client in clients { try await client.expectClosed() }
            #expect(ContinuousClock.now - start < .seconds(30))
            for number in 0..<devices { #expect(numbers.ranges(of: "dev\(number)").isEmpty) }
        }
    }

    @Test("a connection that is closed while it waits for its device is let go of")
    func abandoned() async throws {
        try await Self.run(isReady: false) { endpoint, numbers in
            let eventLoop = endpoint.group.next()
            let gone = try await endpoint.client("dev1")
            try await gone.send(.telemetry(of: "dev1", bag: Self.bag(1, 1, 1), id: 1))
            try await endpoint.client("dev2").expectNothingButPing()
            let handler = try await eventLoop.submit {
                let connections = endpoint.server.ingestLoop(of: eventLoop)?.connections.values
                return NIOLoopBound(WeakHandler(connections?.first { $0.held != nil }), eventLoop: eventLoop)
            }.get()
            #expect(try await eventLoop.submit { handler.value.isAlive }.get())
            try await gone.close()
            try await eventually { try await eventLoop.submit { !handler.value.isAlive }.get() }
            let last = try await endpoint.client("dev1")
            try await last.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 1))
            numbers.becomeReady()
            try await last.expectAcknowledged([1])
            #expect(endpoint.topic.recordCount == 1)
        }
    }

    @Test("a device that is asked back before it has arrived is given back when what it holds is synced")
    func earlyRecall() async throws {
        try await Self.run(isReady: false) { endpoint, numbers in
            let key = numbers.key(of: "dev1")
            let client = try await endpoint.client("dev1")
            try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 1))
            try await endpoint.client("dev2").expectNothingButPing()
            let eventLoop = endpoint.group.next()
            try await eventLoop.submit { endpoint.server.ingestLoop(of: eventLoop)?.numbers?.recall(key) }.get()
            numbers.becomeReady()
            try await client.expectAcknowledged([1])
            try await eventually { numbers.shard(of: key).state.withLock { $0.owners[key] == nil } }
            // And it comes back for the next message.
            try await client.send(.telemetry(of: "dev1", bag: Self.bag(1, 0, 1), id: 2))
            try await client.expectAcknowledged([2])
            #expect(endpoint.topic.recordCount == 1)
        }
    }
}

/// Does not keep the connection.
private final class WeakHandler {
    private weak var handler: ConnectionHandler?

    init(_ handler: ConnectionHandler?) {
        self.handler = handler
    }

    var isAlive: Bool { self.handler != nil }
}
