package import CoreMetrics
package import DeviceRegistry
package import EventLog
import HomeAssistant
import LogFormat
package import Logging
package import MQTTServer
package import NIOCore
import ServiceLifecycle
import StreamEngine
package import TelemetryModel
import TwinModel

/// Follows the log and tells Home Assistant of the gateway's devices, by retained discovery messages on the gateway's own broker.
///
/// ```
/// telemetry · lifecycle · twin-changes ─► HomeAssistantBoard ─► up to 100 messages every 100 ms ─► broker
///                registry: twins ───────────────┘
/// ```
/// - A thread of its own with low weight; ingest never waits for it. Of telemetry it may be 64 MiB behind, then it goes on
///   at the end: only the newest value counts.
/// - Needs no file: what Home Assistant was told is what the broker retains, and that is read at the start. When it is
///   switched off, or its topics are others, that is taken back.
///
/// | metric | what |
/// | --- | --- |
/// | `weir_home_assistant_devices` | devices shown |
/// | `weir_home_assistant_messages` | messages published |
package final class HomeAssistantService: Service {
    private let settings: HomeAssistantSettings
    private let log: EventLog
    private let twins: any TwinStore
    private let server: MQTTServer
    private let births: BirthWatch
    private let eventLoop: any EventLoop
    private let now: @Sendable () -> Timestamp
    private let devices: Gauge
    private let messages: Counter
    private let logger: Logger

    /// Messages at once, and how long it waits then: a thousand a second at most.
    private static let messagesMax = 100
    private static let interval = Duration.milliseconds(100)
    /// Twins read at once.
    private static let twinsMax = 100
    /// Bytes of a topic read at once.
    private static let readBytesMax = 1 << 20
    private static let lagBytesMax: UInt64 = 64 << 20
    /// How old a value may be that is shown after a start.
    private static let replays: [Duration] = [.seconds(3_600), .seconds(60)]
    private static let reconcileInterval = Duration.seconds(10)
    /// How long a birth waits at most.
    private static let waitMax = Duration.seconds(1)

    /// A service that has done nothing yet.
    ///
    /// - Parameters:
    ///   - settings: what can be set.
    ///   - log: its topics `telemetry`, `lifecycle` and `twin-changes` are followed.
    ///   - twins: of the devices.
    ///   - server: its broker publishes, and it knows who is connected.
    ///   - births: hears Home Assistant's.
    ///   - eventLoop: one of the server's.
    ///   - now: the wall clock.
    ///   - metrics: where the counts go.
    ///   - logger: for faults.
    package init(
        settings: HomeAssistantSettings,
        log: EventLog,
        twins: any TwinStore,
        server: MQTTServer,
        births: BirthWatch,
        eventLoop: any EventLoop,
        now: @escaping @Sendable () -> Timestamp,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.settings = settings
        self.log = log
        self.twins = twins
        self.server = server
        self.births = births
        self.eventLoop = eventLoop
        self.now = now
        self.devices = Gauge(label: "weir_home_assistant_devices", factory: metrics)
        self.messages = Counter(label: "weir_home_assistant_messages", factory: metrics)
        self.logger = logger
    }

    /// Works until graceful shutdown.
    package func run() async throws {
        let thread = StreamThread()
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await withTaskExecutorPreference(thread) {
                    try await cancelWhenGracefulShutdown { try await self.work() }
                }
            )
        } catch {
            result = .failure(error)
        }
        try await thread.stop()
        try result.get()
    }

    private func work() async throws {
        // The ends before the twins are read, so that no change falls between.
        var follows = try Follows(self.log, self.now, self.settings.isOn, self.logger)
        let retained = await self.retained()
        guard self.settings.isOn else {
            await self.publish(retained.removals)
            return await HomeAssistantService.sleepUntilCancelled()
        }
        var board = HomeAssistantBoard(self.settings.board, retained: retained, at: EventLog.uptime)
        var reconciledAt = EventLog.uptime
        var isFull = false
        while !Task.isCancelled {
            var isBusy = self.follow(&follows, &board)
            let now = EventLog.uptime
            if self.births.takeStarted() { board.renew(at: now) }
            if now - reconciledAt >= HomeAssistantService.reconcileInterval {
                reconciledAt = now
                board.reconcile(at: now) { self.server.isConnected($0) }
            }
            isBusy = self.answer(&board, at: now) || isBusy
            let messages = board.take(atMost: HomeAssistantService.messagesMax, at: now)
            await self.publish(messages)
            self.devices.record(board.deviceCount)
            if board.isFull, !isFull { self.tellFull() }
            isFull = board.isFull
            await HomeAssistantService.sleep(HomeAssistantService.interval)
            if !isBusy, messages.isEmpty { await self.wait(for: follows, until: board.due(at: now)) }
        }
    }

    /// What an earlier start told.
    private func retained() async -> RetainedDiscovery {
        var retained = RetainedDiscovery()
        let found = await self.server.retainedMessages { RetainedDiscovery.isCandidate(topic: $0) }
        for message in found { retained.note(topic: message.topic, payload: Array(message.payload.readableBytesView)) }
        return retained
    }

    // MARK: In

    private struct Follows {
        var telemetry: TopicFollower
        var lifecycle: TopicFollower
        var twins: TopicFollower
        /// When following began: what was enqueued before says nothing about connections.
        let start: Timestamp

        init(
            _ log: EventLog,
            _ now: () -> Timestamp,
            _ isOn: Bool,
            _ logger: Logger
        ) throws(EventLogError) {
            self.lifecycle = TopicFollower(try log.openTopic("lifecycle"), logger: logger)
            self.twins = TopicFollower(try log.openTopic("twin-changes"), logger: logger)
            // Behind the place in lifecycle: of what is enqueued later, the connection's end is read, too.
            let start = now()
            self.start = start
            self.telemetry = TopicFollower(
                try log.openTopic("telemetry"),
                from: isOn ? HomeAssistantService.replays.map { .time(start + (.zero - $0)) } : [],
                lagBytesMax: HomeAssistantService.lagBytesMax,
                logger: logger
            )
        }

        var all: [TopicFollower] { [self.telemetry, self.lifecycle, self.twins] }
    }

    /// Reads what is new; telemetry first, so that a device that sends and leaves is known when it has left.
    private func follow(_ follows: inout Follows, _ board: inout HomeAssistantBoard) -> Bool {
        let now = EventLog.uptime
        let start = follows.start
        let maxBytes = HomeAssistantService.readBytesMax
        let telemetry = follows.telemetry.read(maxBytes: maxBytes) { record in
            HomeAssistantService.take(record, since: start, at: now, into: &board)
        }
        let lifecycle = follows.lifecycle.read(maxBytes: maxBytes) { record in
            guard let device = HomeAssistantService.device(of: record) else { return }
            switch record.headers.first(named: "opType").map({ String(buffer: $0) }) {
            case "deviceConnected", "deviceDisconnected":
                // What is true now, and not what was when the record was written.
                board.connection(of: device, isConnected: self.server.isConnected(device), at: now)
            case "deleteDeviceIdentity": board.deleted(device)
            case "createDeviceIdentity": board.created(device)
            default: break
            }
        }
        let twins = follows.twins.read(maxBytes: maxBytes) { record in
            if let device = HomeAssistantService.device(of: record) { board.twinChanged(device) }
        }
        if lifecycle.hasSkipped || twins.hasSkipped { board.verify() }
        return telemetry.isBusy || lifecycle.isBusy || twins.isBusy
    }

    private static func take(
        _ record: LogRecord,
        since start: Timestamp,
        at now: Duration,
        into board: inout HomeAssistantBoard
    ) {
        guard let device = self.device(of: record), board.wants(device) else { return }
        // A backlog comes behind newer values, and an event is none.
        guard !self.has(record, "weir-historical", "true"), !self.has(record, "weir-type", "event") else { return }
        let enqueued = Timestamp(milliseconds: record.timestampMilliseconds)
        record.value.withUnsafeReadableBytes { value in
            board.telemetry(
                of: device,
                value: value.assumingMemoryBound(to: UInt8.self),
                enqueued: enqueued,
                isPresent: enqueued >= start,
                at: now
            )
        }
    }

    private static func device(of record: LogRecord) -> IdentityID? {
        record.key.flatMap { IdentityID(String(buffer: $0)) }
    }

    private static func has(_ record: LogRecord, _ name: String, _ value: String) -> Bool {
        record.headers.first(named: name)?.readableBytesView.elementsEqual(value.utf8) ?? false
    }

    /// Reads twins that the board asks for; blocks on the registry.
    private func answer(_ board: inout HomeAssistantBoard, at now: Duration) -> Bool {
        let requests = board.takeRequests(atMost: HomeAssistantService.twinsMax)
        for device in requests {
            do throws(RegistryError) {
                let facts = try self.twins.twin(device).map { DeviceFacts(reported: $0.twin.reported.values) }
                board.found(device, facts: facts, isConnected: self.server.isConnected(device), at: now)
            } catch {
                // It asks again when the device sends, or its twin changes.
                self.logger.warning("a twin cannot be read", metadata: ["device": "\(device)", "error": "\(error)"])
            }
        }
        return !requests.isEmpty
    }

    // MARK: Out

    /// Publishes in order, however long the broker takes nothing.
    private func publish(_ messages: [DiscoveryMessage]) async {
        var rest = messages.map {
            GatewayMessage(topic: $0.topic, payload: ByteBuffer(bytes: $0.payload), isRetained: $0.isRetained)
        }[...]
        while !rest.isEmpty, !Task.isCancelled {
            let next = rest.prefix(HomeAssistantService.messagesMax)
            guard await self.server.publish(Array(next), on: self.eventLoop) else {
                await HomeAssistantService.sleep(.seconds(1))
                continue
            }
            self.messages.increment(by: next.count)
            rest = rest.dropFirst(next.count)
            if !rest.isEmpty { await HomeAssistantService.sleep(HomeAssistantService.interval) }
        }
    }

    private func tellFull() {
        self.logger.warning(
            "Home Assistant is not told of all devices",
            metadata: ["homeAssistant.devicesMax": "\(self.settings.devicesMax)"]
        )
    }

    // MARK: Waiting

    /// Returns when there is something to read or to say, or after a second.
    private func wait(for follows: Follows, until due: Duration?) async {
        let limit = due.map { min($0 - EventLog.uptime, HomeAssistantService.waitMax) } ?? HomeAssistantService.waitMax
        await withTaskGroup { group in
            // A topic that takes nothing would not wait.
            for follower in follows.all where follower.topic.status == .open { group.addTask { await follower.wait() } }
            group.addTask { await HomeAssistantService.sleep(limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private static func sleep(_ duration: Duration) async {
        // Cancelling ends it early, which is no fault.
        if duration > .zero { try? await Task.sleep(for: duration) }
    }

    private static func sleepUntilCancelled() async {
        while !Task.isCancelled { await self.sleep(.seconds(3_600)) }
    }
}
