import EventLog
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TelemetryModel

/// The way to the groups' loop from any other.
final class GroupService: Sendable {
    private let eventLoop: any EventLoop
    private let desk: NIOLoopBound<GroupDesk>
    private let requestLast = Atomic<UInt64>(0)

    private init(eventLoop: any EventLoop, desk: NIOLoopBound<GroupDesk>) {
        self.eventLoop = eventLoop
        self.desk = desk
    }

    /// Opens `_offsets`, reads it and begins.
    ///
    /// - Throws: ``KafkaStartError``.
    static func open(
        configuration: KafkaServer.Configuration,
        log: EventLog,
        eventLoop: any EventLoop,
        files: NIOThreadPool,
        clock: @escaping @Sendable () -> Timestamp,
        metrics: KafkaMetrics,
        logger: Logger
    ) async throws -> GroupService {
        let limits = configuration.groupLimits
        let (topic, coordinator): (LogTopic, GroupCoordinator)
        do {
            (topic, coordinator) = try await files.runIfActive {
                let topic = try log.openTopic(
                    OffsetsTopic.name,
                    partitions: 1,
                    segmentBytesMax: configuration.offsetsSegmentBytesMax
                )
                var coordinator = GroupCoordinator(limits: limits)
                try OffsetsTopic.readAll(topic) { try coordinator.replay($0) }
                return (topic, coordinator)
            }
        } catch {
            throw KafkaStartError("the groups' offsets in topic \(OffsetsTopic.name) cannot be read: \(error)")
        }
        let desk = try await eventLoop.submit {
            let desk = GroupDesk(
                coordinator: coordinator,
                offsets: OffsetsTopic(topic: topic, eventLoop: eventLoop, logger: logger),
                rewrite: OffsetsRewrite(
                    segmentsMax: configuration.offsetsSegmentsMax,
                    eventLoop: eventLoop,
                    files: files,
                    logger: logger
                ),
                eventLoop: eventLoop,
                clock: clock,
                metrics: metrics
            )
            desk.start()
            return NIOLoopBound(desk, eventLoop: eventLoop)
        }.get()
        return GroupService(eventLoop: eventLoop, desk: desk)
    }

    /// A number for a JoinGroup or SyncGroup.
    func makeRequest() -> GroupRequestID {
        GroupRequestID(self.requestLast.add(1, ordering: .relaxed).newValue)
    }

    /// Calls `body` on the groups' loop.
    func ask(_ body: @escaping @Sendable (GroupDesk) -> Void) {
        self.eventLoop.execute { body(self.desk.value) }
    }

    /// The connection of a request closed.
    func abandon(_ request: GroupRequestID) {
        self.ask { $0.abandon(request) }
    }

    /// Topics were deleted.
    func forget(topics: [String]) {
        if !topics.isEmpty { self.ask { $0.forget(topics: topics) } }
    }

    /// Ends it.
    func stop() async {
        try? await self.eventLoop.submit { self.desk.value.stop() }.get()  // fails only when the loop is gone
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
