import CoreMetrics
import EventLog
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import TelemetryModel

/// Where all groups are kept: one after the other, requests come in, actions are carried out, time passes.
///
/// Confined to one event loop, which is what makes the order of calls and of records the same.
final class GroupDesk {
    /// How long after a failed append it is tried again.
    private static let repeatPause = TimeAmount.seconds(1)
    /// Bytes of records that are appended again at once.
    private static let repeatBytes = 256 << 10

    private var coordinator: GroupCoordinator
    private let offsets: OffsetsTopic
    private let rewrite: OffsetsRewrite
    private let log: EventLog
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> Timestamp
    private let metrics: KafkaMetrics
    private var joins: [GroupRequestID: (GroupJoinOutcome) -> Void] = [:]
    private var syncs: [GroupRequestID: (GroupSyncOutcome) -> Void] = [:]
    /// The groups of requests that are not answered.
    private var groups: [GroupRequestID: String] = [:]
    private var alarm: Scheduled<Void>?
    private var repetition: Scheduled<Void>?
    private var isStopped = false

    init(
        coordinator: GroupCoordinator,
        offsets: OffsetsTopic,
        rewrite: OffsetsRewrite,
        log: EventLog,
        eventLoop: any EventLoop,
        clock: @escaping @Sendable () -> Timestamp,
        metrics: KafkaMetrics
    ) {
        self.coordinator = coordinator
        self.offsets = offsets
        self.rewrite = rewrite
        self.log = log
        self.eventLoop = eventLoop
        self.clock = clock
        self.metrics = metrics
    }

    /// Begins: what the replay found is written, and what it found of topics that are gone; old segments are looked at.
    func start() {
        self.append(self.coordinator.finishReplay(at: self.now))
        let topics = self.log.topics.map(\.name) + self.log.failures.keys
        self.append(self.coordinator.deleteTopics(besides: Set(topics)))
        self.offsets.onSynced = { [weak self] in self?.rewriteIfLong() }
        self.rewriteIfLong()
        self.settle()
    }

    /// Ends all timers; answers nothing any more.
    func stop() {
        self.isStopped = true
        self.alarm?.cancel()
        self.alarm = nil
        self.repetition?.cancel()
        self.repetition = nil
        // The last chance; the log syncs it when it closes.
        if self.coordinator.owesRecords { self.offsets.append(self.coordinator.takeOwed(bytesMax: .max)) }
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

    /// OffsetCommit: `answer` is called when what is stored is durable. What cannot be stored is answered as Kafka does
    /// for a broken disk: clients ask again, while they give up at a storage error.
    func commit(
        _ identity: GroupIdentity,
        _ items: [OffsetCommit.Item],
        then answer: @escaping ([KafkaError]) -> Void
    ) {
        let items = items.map { item in
            // Deleted since the connection looked: then the word of it came before this.
            guard item.error == .noError, self.log.topic(named: item.place.topic) == nil else { return item }
            var item = item
            item.error = .unknownTopicOrPartition
            return item
        }
        let (outcome, actions) = self.coordinator.commit(identity, items, at: self.now)
        self.carryOut(actions)
        guard let write = outcome.write else { return answer(outcome.errors) }
        self.offsets.append(write.records) { isDurable in
            self.coordinator.finishWrite(write.id, isDurable: isDurable)
            if isDurable { self.metrics.offsetCommits.increment() }
            answer(isDurable ? outcome.errors : outcome.errors.map { $0 == .noError ? .notCoordinator : $0 })
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
            self.append(records) { answer($0 ? .noError : .kafkaStorageError) }
        }
    }

    /// A topic is gone, and what was committed in it; `done` is called when that is durable, or cannot be now.
    func forget(topic: String, then done: @escaping (_ isDurable: Bool) -> Void) {
        self.append(self.coordinator.deleteTopic(topic), then: done)
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
                self.append(records)
            }
        }
        self.settle()
    }

    /// Appends what is no commit; what cannot be stored now is appended again later.
    private func append(_ records: [GroupRecord], then answer: ((_ isDurable: Bool) -> Void)? = nil) {
        self.offsets.append(records) { isDurable in
            if !isDurable {
                self.coordinator.notStored(records)
                self.repeatLater()
            }
            answer?(isDurable)
        }
    }

    private func repeatLater() {
        guard !self.isStopped, self.repetition == nil, self.coordinator.owesRecords else { return }
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.repetition = self.eventLoop.scheduleTask(in: GroupDesk.repeatPause) {
            bound.value.repetition = nil
            bound.value.repeatOwed()
        }
    }

    private func repeatOwed() {
        guard self.offsets.isTaking else { return self.repeatLater() }
        let records = self.coordinator.takeOwed(bytesMax: GroupDesk.repeatBytes)
        self.offsets.append(records) { isStored in
            self.coordinator.finishOwed(records, isStored: isStored)
            guard isStored, !self.isStopped else { return self.repeatLater() }
            if self.coordinator.owesRecords { self.repeatOwed() }
        }
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
