import CoreMetrics
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import TelemetryModel

/// Where all groups are kept: one after the other, requests come in, actions are carried out, time passes.
///
/// Confined to one event loop, which is what makes the order of calls and of records the same.
final class GroupDesk {
    private var coordinator: GroupCoordinator
    private let offsets: OffsetsTopic
    private let rewrite: OffsetsRewrite
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> Timestamp
    private let metrics: KafkaMetrics
    private var joins: [GroupRequestID: (GroupJoinOutcome) -> Void] = [:]
    private var syncs: [GroupRequestID: (GroupSyncOutcome) -> Void] = [:]
    /// The groups of requests that are not answered.
    private var groups: [GroupRequestID: String] = [:]
    private var alarm: Scheduled<Void>?
    private var isStopped = false

    init(
        coordinator: GroupCoordinator,
        offsets: OffsetsTopic,
        rewrite: OffsetsRewrite,
        eventLoop: any EventLoop,
        clock: @escaping @Sendable () -> Timestamp,
        metrics: KafkaMetrics
    ) {
        self.coordinator = coordinator
        self.offsets = offsets
        self.rewrite = rewrite
        self.eventLoop = eventLoop
        self.clock = clock
        self.metrics = metrics
    }

    /// Begins: what the replay found is written, old segments are looked at.
    func start() {
        self.offsets.append(self.coordinator.finishReplay(at: self.now))
        self.offsets.onSynced = { [weak self] in self?.rewriteIfLong() }
        self.rewriteIfLong()
        self.settle()
    }

    /// Ends all timers; answers nothing any more.
    func stop() {
        self.isStopped = true
        self.alarm?.cancel()
        self.alarm = nil
        self.joins = [:]
        self.syncs = [:]
        self.groups = [:]
        self.offsets.onSynced = {}
    }

    // MARK: Members

    /// JoinGroup; answered once, perhaps much later.
    func join(_ request: GroupRequestID, _ join: GroupJoin, then answer: @escaping (GroupJoinOutcome) -> Void) {
        guard !self.isStopped else { return }
        self.joins[request] = answer
        self.groups[request] = join.group
        self.carryOut(self.coordinator.join(request, join, at: self.now))
    }

    /// SyncGroup; answered once, perhaps later.
    func sync(_ request: GroupRequestID, _ sync: GroupSync, then answer: @escaping (GroupSyncOutcome) -> Void) {
        guard !self.isStopped else { return }
        self.syncs[request] = answer
        self.groups[request] = sync.identity.group
        self.carryOut(self.coordinator.sync(request, sync, at: self.now))
    }

    /// Heartbeat.
    func heartbeat(_ identity: GroupIdentity) -> KafkaError {
        defer { self.settle() }
        return self.coordinator.heartbeat(identity, at: self.now)
    }

    /// LeaveGroup.
    func leave(_ group: String, _ members: [GroupLeave.Member]) -> GroupLeave.Outcome {
        let outcome = self.coordinator.leave(group, members, at: self.now)
        self.carryOut(outcome.actions)
        return outcome
    }

    /// The connection of a request closed; it is not answered.
    func abandon(_ request: GroupRequestID) {
        self.joins[request] = nil
        self.syncs[request] = nil
        guard let group = self.groups.removeValue(forKey: request) else { return }
        self.carryOut(self.coordinator.abandon(request, of: group, at: self.now))
    }

    // MARK: Offsets

    /// OffsetCommit: `answer` is called when what is stored is durable.
    func commit(
        _ identity: GroupIdentity,
        _ items: [OffsetCommit.Item],
        then answer: @escaping ([KafkaError]) -> Void
    ) {
        let (outcome, actions) = self.coordinator.commit(identity, items, at: self.now)
        self.carryOut(actions)
        guard let write = outcome.write else { return answer(outcome.errors) }
        self.offsets.append(write.records) { isDurable in
            self.coordinator.finishWrite(write.id, isDurable: isDurable)
            if isDurable { self.metrics.offsetCommits.increment() }
            answer(isDurable ? outcome.errors : outcome.errors.map { $0 == .noError ? .kafkaStorageError : $0 })
        }
    }

    /// OffsetFetch of one partition.
    func committed(_ group: String, _ place: TopicPartition) -> CommittedOffset? {
        self.coordinator.committed(group, place)
    }

    /// OffsetFetch of all.
    func committed(_ group: String) -> [(place: TopicPartition, committed: CommittedOffset)] {
        self.coordinator.committed(group)
    }

    // MARK: Administration

    /// DescribeGroups of one group.
    func describe(_ group: String) -> GroupDescription {
        self.coordinator.describe(group)
    }

    /// ListGroups.
    func list() -> [(group: String, protocolType: String)] {
        self.coordinator.list()
    }

    /// DeleteGroups of one group; answered when it is durable.
    func delete(_ group: String, then answer: @escaping (KafkaError) -> Void) {
        defer { self.settle() }
        switch self.coordinator.delete(group) {
        case .refused(let error): answer(error)
        case .deleted(let records):
            self.offsets.append(records) { answer($0 ? .noError : .kafkaStorageError) }
        }
    }

    /// Topics are gone, and what was committed in them.
    func forget(topics: [String]) {
        for topic in topics { self.offsets.append(self.coordinator.deleteTopic(topic)) }
        self.settle()
    }

    // MARK: Private

    private var now: GroupTime {
        GroupTime(
            uptime: .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)),
            wallMilliseconds: self.clock().milliseconds
        )
    }

    private func carryOut(_ actions: [GroupAction]) {
        for action in actions {
            switch action {
            case .answerJoin(let request, let outcome):
                self.groups[request] = nil
                self.joins.removeValue(forKey: request)?(outcome)
            case .answerSync(let request, let outcome):
                self.groups[request] = nil
                self.syncs.removeValue(forKey: request)?(outcome)
            case .append(let records):
                self.offsets.append(records)
            }
        }
        self.settle()
    }

    /// Sets the alarm for what is due next.
    private func settle() {
        self.metrics.groups.set(Int64(self.coordinator.groupCount))
        self.alarm?.cancel()
        self.alarm = nil
        guard !self.isStopped, let wake = self.coordinator.wake else { return }
        let (seconds, attoseconds) = wake.components
        let nanoseconds = max(0, seconds) * 1_000_000_000 + attoseconds / 1_000_000_000
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.alarm = self.eventLoop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: nanoseconds + 1))) {
            bound.value.carryOut(bound.value.coordinator.tick(at: bound.value.now))
        }
    }

    private func rewriteIfLong() {
        guard !self.isStopped else { return }
        self.rewrite.runIfLong(
            self.offsets,
            groups: { [weak self] in self?.coordinator.liveGroups ?? [] },
            records: { [weak self] in self?.coordinator.liveRecords(of: $0) ?? [] }
        )
    }
}
