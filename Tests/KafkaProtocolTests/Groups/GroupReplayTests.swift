import KafkaProtocol
import TestSupport
import Testing

@Suite("a coordinator rebuilt from the records of _offsets")
struct GroupReplayTests {
    private static let start: Int64 = 1_795_000_000_000

    private func time(_ milliseconds: Int) -> GroupTime {
        GroupTime(uptime: .milliseconds(milliseconds), wallMilliseconds: Self.start + Int64(milliseconds))
    }

    private func rebuild(_ records: [GroupRecord]) throws -> GroupCoordinator {
        var coordinator = GroupCoordinator()
        for record in records { try coordinator.replay(record) }
        return coordinator
    }

    @Test("members are gone after a restart, and a group that had some is empty since then")
    func restart() throws {
        var coordinator = GroupCoordinator()
        _ = coordinator.join(GroupRequestID(1), TestGroup.request(fresh: "a"), at: self.time(0))
        let actions = coordinator.tick(at: self.time(200))
        guard case .append(let records) = actions.last else {
            Issue.record("no record: \(actions)")
            return
        }
        var rebuilt = try self.rebuild(records)
        let state = GroupStateRecord(
            protocolType: "consumer",
            generation: 1,
            emptySinceMilliseconds: Self.start + 5_000
        )
        #expect(
            rebuilt.finishReplay(at: self.time(5_000))
                == [GroupRecord(key: GroupRecordKey.group("g").bytes, value: state.bytes)]
        )
        #expect(rebuilt.describe("g").state == "Empty")
        #expect(rebuilt.finishReplay(at: self.time(5_000)) == [])
        let identity = GroupIdentity(group: "g", generation: 1, memberID: "a")
        #expect(rebuilt.heartbeat(identity, at: self.time(5_000)) == .unknownMemberID)
        #expect(rebuilt.commit(identity, [], at: self.time(5_000)).outcome.errors == [])
        _ = rebuilt.join(GroupRequestID(1), TestGroup.request(fresh: "b"), at: self.time(5_000))
        let again = rebuilt.tick(at: self.time(5_200))
        guard case .answerJoin(_, .joined(let place)) = again.first else {
            Issue.record("no answer: \(again)")
            return
        }
        #expect(place.generation == 2)
    }

    @Test("a damaged record changes nothing")
    func damaged() throws {
        let place = TopicPartition(topic: "t", partition: 0)
        let key = GroupRecordKey.offset(group: "g", place).bytes
        let value = CommittedOffset(offset: 5, leaderEpoch: 0, metadata: "", stampMilliseconds: 0).bytes
        var coordinator = try self.rebuild([GroupRecord(key: key, value: value)])
        #expect(throws: KafkaWireError.self) {
            try coordinator.replay(GroupRecord(key: key, value: Array(value.dropLast())))
        }
        #expect(coordinator.committed("g", place)?.offset == 5)
    }

    @Test("after any commits, deletions, expiries, rewrites and failed syncs the log rebuilds what was shown")
    func randomHistories() throws {
        var random = SeededGenerator.announced()
        for round in 0..<60 {
            var history = History(seed: random.next())
            for _ in 0..<120 { try history.step() }
            try history.finish(isDurable: true)
            var rebuilt = GroupCoordinator()
            for record in history.log { try rebuilt.replay(record) }
            #expect(history.fault == nil, "round \(round)")
            #expect(rebuilt.list().map(\.group) == history.recordedGroups, "round \(round)")
            #expect(History.offsets(rebuilt) == History.offsets(history.coordinator), "round \(round)")
            #expect(rebuilt.offsetBytes == history.coordinator.offsetBytes, "round \(round)")
        }
    }
}

/// A coordinator with its log. A failed sync loses all that was on its way; the caller then replays the log.
private struct History {
    static let groups = ["g0", "g1", "g2"]
    private(set) var coordinator = GroupCoordinator()
    /// What is durable.
    private(set) var log: [GroupRecord] = []
    private(set) var fault: String?
    private var random: SeededGenerator
    private var pending: [OffsetCommit.WriteID] = []
    /// Appended and not yet durable.
    private var tail: [GroupRecord] = []
    private var milliseconds = 0
    private var offsetNext: Int64 = 0

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
    }

    private var now: GroupTime {
        GroupTime(uptime: .milliseconds(self.milliseconds), wallMilliseconds: Int64(self.milliseconds))
    }

    /// The groups that the log speaks of; one without records is not rebuilt.
    var recordedGroups: [String] {
        self.coordinator.liveGroups.filter { !self.coordinator.liveRecords(of: $0).isEmpty }
    }

    static func offsets(_ coordinator: GroupCoordinator) -> [String: [TopicPartition: CommittedOffset]] {
        let pairs = History.groups.map { group in
            (group, Dictionary(uniqueKeysWithValues: coordinator.committed(group).map { ($0.place, $0.committed) }))
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    mutating func step() throws {
        let group = History.groups.randomElement(using: &self.random) ?? ""
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<50: self.commit(group)
        case 50..<70: try self.finish(isDurable: true)
        case 70..<73: try self.finish(isDurable: false)
        case 73..<77:
            if case .deleted(let records) = self.coordinator.delete(group) { self.tail += records }
        case 77..<81: self.tail += self.coordinator.deleteTopic("t\(Int.random(in: 0...1, using: &self.random))")
        case 81..<87: self.comeAndGo(group)
        case 87..<92: for id in self.coordinator.liveGroups { self.tail += self.coordinator.liveRecords(of: id) }
        default:
            self.milliseconds += [1, 5_000, 90_000, 400_000_000].randomElement(using: &self.random) ?? 0
            self.append(self.coordinator.tick(at: self.now))
        }
    }

    /// One sync: all that is on its way is durable, or none is.
    mutating func finish(isDurable: Bool) throws {
        var recovered: [GroupRecord] = []
        if isDurable {
            self.log += self.tail
            for id in self.pending { self.coordinator.finishWrite(id, isDurable: true) }
        } else {
            for id in self.pending { self.coordinator.finishWrite(id, isDurable: false) }
            let shown = History.offsets(self.coordinator)
            _ = self.coordinator.reset()
            for record in self.log { try self.coordinator.replay(record) }
            recovered = self.coordinator.finishReplay(at: self.now)
            let after = History.offsets(self.coordinator)
            for (group, offsets) in shown {
                for (place, committed) in offsets where after[group]?[place] != committed {
                    self.fault =
                        "\(group) \(place): \(committed) was shown, now \(String(describing: after[group]?[place]))"
                }
            }
        }
        self.tail = recovered
        self.pending = []
    }

    private mutating func commit(_ group: String) {
        self.offsetNext += 1
        let topic = "t\(Int.random(in: 0...1, using: &self.random))"
        let items = (0..<Int32.random(in: 1...3, using: &self.random)).map { partition in
            OffsetCommit.Item(
                place: TopicPartition(topic: topic, partition: partition),
                offset: self.offsetNext,
                leaderEpoch: 0,
                metadata: "\(self.offsetNext)"
            )
        }
        let identity = GroupIdentity(group: group, generation: -1, memberID: "")
        let (outcome, actions) = self.coordinator.commit(identity, items, at: self.now)
        self.append(actions)
        guard let write = outcome.write else { return }
        self.tail += write.records
        self.pending.append(write.id)
    }

    private mutating func comeAndGo(_ group: String) {
        var join = TestGroup.request(fresh: "m")
        join.group = group
        self.append(self.coordinator.join(GroupRequestID(1), join, at: self.now))
        self.milliseconds += 600
        self.append(self.coordinator.tick(at: self.now))
        self.append(self.coordinator.leave(group, [GroupLeave.Member(memberID: "m")], at: self.now).actions)
    }

    private mutating func append(_ actions: [GroupAction]) {
        for action in actions {
            if case .append(let records) = action { self.tail += records }
        }
    }
}
