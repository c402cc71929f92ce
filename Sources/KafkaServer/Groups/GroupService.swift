import Dispatch
import EventLog
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TelemetryModel

/// The way to the groups' loop from any other.
///
/// While `_offsets` cannot be read there are no groups: what is asked of them is refused, nothing is written, and from
/// time to time it is tried again. Everything else goes on.
final class GroupService: Sendable {
    private enum Phase: Sendable {
        /// Not read, and why.
        case closed(reason: String?)
        case open(NIOLoopBound<GroupDesk>)
        case stopped
    }

    /// How long a deletion waits for the sync of what it has to say; beyond it is said without anyone waiting.
    private static let forgetTimeout = DispatchTimeInterval.seconds(10)

    private let configuration: KafkaServer.Configuration
    private let log: EventLog
    private let eventLoop: any EventLoop
    private let files: NIOThreadPool
    private let clock: @Sendable () -> Timestamp
    private let metrics: KafkaMetrics
    private let logger: Logger
    private let phase = Mutex(Phase.closed(reason: nil))
    private let requestLast = Atomic<UInt64>(0)

    /// A service whose groups are closed until ``start()``.
    init(
        configuration: KafkaServer.Configuration,
        log: EventLog,
        eventLoop: any EventLoop,
        files: NIOThreadPool,
        clock: @escaping @Sendable () -> Timestamp,
        metrics: KafkaMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.log = log
        self.eventLoop = eventLoop
        self.files = files
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Opens `_offsets`, reads it and begins; returns also when it cannot be read: see ``fault``.
    func start() async {
        self.log.onDelete { [weak self] topic in self?.forget(topic: topic) }
        await withCheckedContinuation { continuation in
            self.tryToOpen { continuation.resume() }
        }
    }

    /// Whether there are groups.
    var isOpen: Bool {
        self.phase.withLock { phase in
            if case .open = phase { true } else { false }
        }
    }

    /// Why there are no groups, and what to do, in one sentence; `nil` when there are.
    var fault: String? {
        guard case .closed(let reason?) = self.phase.withLock({ $0 }) else { return nil }
        return "consumer groups wait (Kafka clients are answered 15) until topic \(OffsetsTopic.name) can be read: "
            + "\(reason). After a repair: weir topic reopen \(OffsetsTopic.name), or start again"
    }

    /// A number for a JoinGroup or SyncGroup.
    func makeRequest() -> GroupRequestID {
        GroupRequestID(self.requestLast.add(1, ordering: .relaxed).newValue)
    }

    /// Calls `body` on the groups' loop; not while there are no groups.
    func ask(_ body: @escaping @Sendable (GroupDesk) -> Void) {
        guard case .open(let desk) = self.phase.withLock({ $0 }) else { return }
        self.eventLoop.execute { body(desk.value) }
    }

    /// The connection of a request closed.
    func abandon(_ request: GroupRequestID) {
        self.ask { $0.abandon(request) }
    }

    /// Ends it.
    func stop() async {
        let phase = self.phase.withLock { exchange(&$0, with: .stopped) }
        guard case .open(let desk) = phase else { return }
        try? await self.eventLoop.submit { desk.value.stop() }.get()  // fails only when the loop is gone
    }

    /// A topic was deleted: what was committed in it goes, durably. Blocks, and not on an event loop.
    ///
    /// When that cannot be stored now it is as soon as it can; a start forgets the offsets of topics that are gone, too.
    private func forget(topic: String) {
        guard self.isOpen else { return }
        let done = DispatchSemaphore(value: 0)
        let isDurable = Mutex(false)
        self.ask { desk in
            desk.forget(topic: topic) { isStored in
                isDurable.withLock { $0 = isStored }
                done.signal()
            }
        }
        _ = done.wait(timeout: .now() + GroupService.forgetTimeout)
        guard !isDurable.withLock({ $0 }) else { return }
        self.logger.error(
            "offsets of a deleted topic are not removed yet: do not make it again while \(OffsetsTopic.name) takes nothing",
            metadata: ["topic": "\(topic)"]
        )
    }

    private func tryToOpen(then done: @escaping @Sendable () -> Void) {
        self.files.submit { state in
            guard state == .active else { return done() }
            let result = Result { try self.read() }
            self.eventLoop.execute {
                self.begin(result)
                done()
            }
        }
    }

    /// Blocks.
    private func read() throws -> (LogTopic, GroupCoordinator) {
        let topic = try self.log.openTopic(
            OffsetsTopic.name,
            partitions: 1,
            segmentBytesMax: self.configuration.offsetsSegmentBytesMax
        )
        var coordinator = GroupCoordinator(limits: self.configuration.groupLimits)
        try OffsetsTopic.readAll(topic) { try coordinator.replay($0) }
        return (topic, coordinator)
    }

    /// On the groups' loop.
    private func begin(_ result: Result<(LogTopic, GroupCoordinator), any Error>) {
        guard case .closed(let reasonBefore) = self.phase.withLock({ $0 }) else { return }
        switch result {
        case .success(let (topic, coordinator)):
            let desk = GroupDesk(
                coordinator: coordinator,
                offsets: OffsetsTopic(topic: topic, eventLoop: self.eventLoop, logger: self.logger),
                rewrite: OffsetsRewrite(
                    segmentsMax: self.configuration.offsetsSegmentsMax,
                    eventLoop: self.eventLoop,
                    files: self.files,
                    logger: self.logger
                ),
                log: self.log,
                eventLoop: self.eventLoop,
                clock: self.clock,
                metrics: self.metrics
            )
            let bound = NIOLoopBound(desk, eventLoop: self.eventLoop)
            let isStopped = self.phase.withLock { phase in
                guard case .closed = phase else { return true }
                phase = .open(bound)
                return false
            }
            guard !isStopped else { return }
            // Looks at the topics there are when deletions are told already: none is missed.
            desk.start()
            if reasonBefore != nil { self.logger.notice("consumer groups go on: their offsets can be read") }
        case .failure(let error):
            self.phase.withLock { phase in
                if case .closed = phase { phase = .closed(reason: "\(error)") }
            }
            if reasonBefore == nil, let fault = self.fault { self.logger.critical("\(fault)") }
            let pause = TimeAmount(self.configuration.offsetsRetryPause)
            self.eventLoop.scheduleTask(in: pause) { [weak self] in self?.tryToOpen {} }
        }
    }
}

extension KafkaServer.Configuration {
    /// What the groups are told of it.
    var groupLimits: GroupLimits {
        var limits = GroupLimits()
        limits.groupsMax = self.groupsMax
        limits.initialDelay = self.groupInitialDelay
        limits.offsetsRetention = self.offsetsRetention
        return limits
    }
}
