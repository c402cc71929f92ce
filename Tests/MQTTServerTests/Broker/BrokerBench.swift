import EventLog
import Foundation
import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore
import NIOPosix
import ServerTestSupport
import Synchronization
import TelemetryModel

@testable import MQTTServer

/// A broker with its log in a temporary folder, and event loops; it can be killed and started again.
final class BrokerBench {
    let folder = NSTemporaryDirectory() + "weir-broker-\(UInt64.random(in: 0 ... .max))"
    let sessions = MemorySessions()
    let clock = TestClock()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    var configuration = Broker.Configuration()
    private(set) var files = KillableFiles()
    private(set) var log: EventLog?
    private(set) var broker: Broker?
    private(set) var loops: [TestLoop] = []

    deinit {
        self.log?.close()
        self.group.shutdownGracefully { _ in }
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    /// Starts the broker, with a process that dies after so many operations on files.
    func start(operations: Int = .max) async throws {
        self.files = KillableFiles(operations: operations)
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: self.folder, segmentBytesMax: 1 << 20),
            files: self.files,
            clock: self.clock.read,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        self.log = log
        let broker = try await Broker.open(
            configuration: self.configuration,
            log: log,
            sessions: self.sessions,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: self.clock.read
        )
        self.broker = broker
        self.loops = []
        for _ in 0..<2 {
            let eventLoop = self.group.next()
            self.loops.append(try await eventLoop.submit { TestLoop(broker: broker, eventLoop: eventLoop) }.get())
        }
    }

    /// The payload that is retained of a topic.
    func retained(_ topic: String) -> String? {
        var payload: String?
        self.broker?.withState { state in
            payload = state.retained.value(topic: ByteBuffer(string: topic)).map { String(buffer: $0.message.payload) }
        }
        return payload
    }

    /// The process ends: connections are just gone.
    func kill() async throws {
        self.files.kill()
        try await self.stop()
    }

    /// The loops and the log end.
    func stop() async throws {
        for loop in self.loops { try await loop.run { $0.broker.shutdown() } }
        self.loops = []
        let log = exchange(&self.log, with: nil)
        self.broker = nil
        try await NIOThreadPool.singleton.runIfActive { log?.close() }
    }

    /// Kills the process and starts the next one, which may die while it recovers; then one more follows.
    func restart(operations: Int = .max) async throws {
        try await self.kill()
        do {
            try await self.start(operations: operations)
        } catch {
            guard self.files.isDead else { throw error }
            try await self.kill()
            try await self.start()
        }
    }
}

/// A wall clock that stands until it is moved.
final class TestClock: Sendable {
    private let milliseconds = Atomic<Int64>(1_795_000_000_000)

    func advance(seconds: Int64) {
        self.milliseconds.add(seconds * 1_000, ordering: .relaxed)
    }

    var now: Timestamp { Timestamp(milliseconds: self.milliseconds.load(ordering: .relaxed)) }

    var read: @Sendable () -> Timestamp { { self.now } }
}

/// What the connections' side of an event loop does: ends turns and keeps the order of acknowledgements.
final class TestLoop: BrokerLoopOwner, @unchecked Sendable {  // because only its event loop uses the variables
    let eventLoop: any EventLoop
    let broker: BrokerLoop
    private(set) var fullSessions: [SessionKey] = []
    private var waiting: [(turn: BrokerTurn, publishes: [Publish])] = []
    private var gathering: [Publish] = []
    private var isScheduled = false
    private var syncedTicket: UInt64 = 0

    /// A publish and whoever waits for its acknowledgement: its reason, or `nil` when it will never be acknowledged.
    struct Publish {
        var answer: (ReasonCode?) -> Void
    }

    init(broker: Broker, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.broker = BrokerLoop(broker: broker, eventLoop: eventLoop)
        self.broker.owner = self
    }

    func run<Result: Sendable>(_ body: @escaping @Sendable (TestLoop) throws -> Result) async throws -> Result {
        try await self.eventLoop.submit { try body(self) }.get()
    }

    func ingest(_ message: BrokerMessage, from principal: Principal?) -> Bool { true }

    func brokerNeedsTurn() {
        guard !self.isScheduled else { return }
        self.isScheduled = true
        self.eventLoop.execute {
            self.isScheduled = false
            self.endTurn()
        }
    }

    func publish(_ message: InboundMessage, from attachment: Attachment?, answer: @escaping (ReasonCode?) -> Void) {
        self.gathering.append(Publish(answer: answer))
        self.broker.publish(message, on: self.broker.route(for: message.topic), from: attachment)
        self.brokerNeedsTurn()
    }

    func endTurn() {
        switch self.broker.endTurn() {
        case .nothing, .heldBack: break
        case .turn(let turn):
            self.waiting.append((turn, exchange(&self.gathering, with: [])))
            self.completeTurns()
        case .refused:
            for publish in exchange(&self.gathering, with: []) { publish.answer(nil) }
        }
    }

    func journalCommitted(_ notice: CommitNotice) {
        guard notice.outcome == .synced else {
            for (turn, publishes) in exchange(&self.waiting, with: []) {
                self.broker.fail(turn)
                for publish in publishes { publish.answer(nil) }
            }
            return
        }
        self.syncedTicket = notice.ticket
        self.completeTurns()
        self.endTurn()
    }

    private func completeTurns() {
        while let (turn, publishes) = self.waiting.first, turn.ticket <= self.syncedTicket {
            self.waiting.removeFirst()
            // The other way round than on a wire, so that who waits for the answer knows that all is delivered.
            self.broker.complete(turn)
            for (index, publish) in publishes.enumerated() {
                publish.answer(turn.rejections.first { $0.index == index }?.reason ?? .success)
            }
        }
    }

    func sessionQueueFull(_ key: SessionKey) {
        self.fullSessions.append(key)
    }
}
