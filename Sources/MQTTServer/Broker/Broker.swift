package import EventLog
package import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore
import NIOPosix
import Synchronization
package import TelemetryModel

/// Brings messages of ordinary topics to those who subscribe to them, now or when they are back.
///
/// ```
///  loop A: turn ──route──►┌───────────── one lock ─────────────┐
///                         │ subscriptions · retained · sessions │──► records of `_mqtt` ──► fdatasync ─┐
///  loop A: complete ◄─────┴──deliver──► inbox of loop B, C …    │                                      │
///      ▲                              └► queue of a session that is away (positions in `_mqtt`)        │
///      └───────────────────────────────────────────────────────────────────────────────────────────────┘
/// ```
/// - Of a message with QoS 1 or 2 that a persistent session waits for, and of a retained one, nothing is visible to
///   anyone before its record is synced. Other messages touch no disk.
/// - A session is used by one connection at a time, on that connection's event loop; under the lock it has only what
///   routing needs. The next connection gets it when the last one has given it back with all its commits done.
/// - A subscriber that is slow or away costs a bounded amount, and nobody else waits for it.
/// - No file or database call is made under the lock or on an event loop.
package final class Broker: Sendable {
    let configuration: Configuration
    let topic: LogTopic
    let store: any SessionStoring
    let metrics: BrokerMetrics
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    private let lock = Mutex<Void>(())
    private let state: BrokerState
    /// What waits in memory for clients.
    let budget: ByteBudget
    /// Whether the cleaner runs.
    let isCleaning = Atomic<Bool>(false)
    /// Bytes the journal must have before it is cleaned again.
    let cleanableBytes = Atomic<UInt64>(0)

    /// The journal's name.
    package static let topicName = "_mqtt"

    init(
        configuration: Configuration,
        topic: LogTopic,
        store: any SessionStoring,
        metrics: BrokerMetrics,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp,
        state: BrokerState
    ) {
        self.configuration = configuration
        self.budget = ByteBudget(bytesMax: configuration.bufferedBytesMax)
        self.topic = topic
        self.store = store
        self.metrics = metrics
        self.logger = logger
        self.clock = clock
        self.state = state
    }

    /// Opens `_mqtt` and the sessions, and recovers what waits for them.
    ///
    /// - Parameters:
    ///   - configuration: bounds.
    ///   - log: holds the journal.
    ///   - sessions: holds the persistent sessions.
    ///   - metrics: where counts go.
    ///   - logger: for faults.
    ///   - clock: the wall clock, for expiry.
    /// - Returns: a broker without event loops yet.
    /// - Throws: why the journal or the store cannot be read.
    package static func open(
        configuration: Configuration = Configuration(),
        log: EventLog,
        sessions: any SessionStoring,
        metrics: BrokerMetrics = BrokerMetrics(),
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = EventLog.wallClock
    ) async throws -> Broker {
        let rows = try await sessions.loadSessions()
        let now = clock()
        let (topic, state, ended) = try await NIOThreadPool.singleton.runIfActive {
            let topic = try log.openTopic(
                Broker.topicName,
                partitions: 1,
                segmentBytesMax: configuration.segmentBytesMax
            )
            var recovery = JournalRecovery(configuration: configuration, rows: rows, now: now)
            try recovery.read(topic)
            let state = recovery.finish()
            return (topic, state, recovery.endedNumbers)
        }
        if !ended.isEmpty { try await sessions.deleteSessions(ended) }
        return Broker(
            configuration: configuration,
            topic: topic,
            store: sessions,
            metrics: metrics,
            logger: logger,
            clock: clock,
            state: state
        )
    }

    /// Why `_mqtt` takes nothing; `nil` when it does.
    var unavailability: String? { self.topic.unavailability }

    /// Sessions, connected or kept.
    package var sessionCount: Int {
        var count = 0
        self.withState { count = $0.slots.count }
        return count
    }

    // MARK: The lock

    /// Runs `body` with the shared state to itself: short, no calls to anyone else.
    func withState(_ body: (BrokerState) -> Void) {
        self.lock.withLock { _ in body(self.state) }
    }

    /// The same, and then tells the event loops that got deliveries, save one that looks itself.
    func wakeLoops(except own: LoopSlot? = nil, _ body: (BrokerState) -> Void) {
        var woken: [LoopSlot] = []
        self.withState { state in
            body(state)
            woken = exchange(&state.woken, with: [])
        }
        for slot in woken where slot !== own {
            slot.eventLoop.execute { slot.loop.value.drainInbox() }
        }
    }

    // MARK: Event loops

    /// A loop takes part; the first one also keeps the time.
    func add(_ slot: LoopSlot) {
        var isFirst = false
        self.withState { state in
            isFirst = state.loops.isEmpty
            state.loops.append(slot)
        }
        if isFirst { slot.loop.value.startTimer() }
    }

    func remove(_ slot: LoopSlot) {
        self.withState { $0.loops.removeAll { $0 === slot } }
    }

    // MARK: Messages

    /// A message as it is passed on.
    func message(_ inbound: InboundMessage, topic: ByteBuffer) -> BrokerMessage {
        self.message(inbound, topic: topic, at: nil)
    }

    /// A Will as it is kept while its connection is open, ``JournaledWill/message``.
    func message(of will: BrokerWill) -> BrokerMessage {
        self.message(will.message, topic: will.message.topic, at: Timestamp(milliseconds: 0)).detached()
    }

    /// The same with its life beginning at `start`; `nil` is now.
    private func message(_ inbound: InboundMessage, topic: ByteBuffer, at start: Timestamp?) -> BrokerMessage {
        let expirySeconds = inbound.properties?.messageExpirySeconds
        let isKept = inbound.qos != .atMostOnce
        return BrokerMessage(
            topic: topic,
            // A small slice that waits for an acknowledgement would keep all that was read with it.
            payload: isKept ? ByteBuffer(bytes: inbound.payload.readableBytesView) : inbound.payload,
            qos: inbound.qos,
            retain: inbound.retain,
            properties: isKept ? inbound.properties?.detached() : inbound.properties,
            expiresAt: expirySeconds.map {
                Timestamp(milliseconds: (start ?? self.clock()).milliseconds + Int64($0) * 1_000)
            }
        )
    }
}
