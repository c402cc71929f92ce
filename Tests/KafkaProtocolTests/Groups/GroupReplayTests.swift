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

    @Test("after any commits, deletions, expiries, rewrites, refusals and failed syncs the log rebuilds what was shown")
    func randomHistories() throws {
        var random = SeededGenerator.announced()
        for round in 0..<60 {
            var history = History(seed: random.next())
            for _ in 0..<120 { try history.step() }
            try history.settle()
            var rebuilt = GroupCoordinator()
            for record in history.log { try rebuilt.replay(record) }
            #expect(history.fault == nil, "round \(round)")
            #expect(rebuilt.list().map(\.group) == history.recordedGroups, "round \(round)")
            #expect(History.offsets(rebuilt) == History.offsets(history.coordinator), "round \(round)")
            #expect(rebuilt.offsetBytes == history.coordinator.offsetBytes, "round \(round)")
        }
    }
}

/// A coordinator with its log. A failed sync loses all that was on its way, a refusal what is appended just now.
private struct History {
    /// Appended and not yet durable.
    private enum Append {
        case commit(OffsetCommit.Write)
        case change([GroupRecord])
        case owed([GroupRecord])
        case rewrite([GroupRecord])
    }

    static let groups = ["g0", "g1", "g2"]
    private(set) var coordinator = GroupCoordinator()
    /// What is durable.
    private(set) var log: [GroupRecord] = []
    private(set) var fault: String?
    private var random: SeededGenerator
    private var tail: [Append] = []
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
            if case .deleted(let records) = self.coordinator.delete(group) { self.append(.change(records)) }
        case 77..<81:
            self.append(.change(self.coordinator.deleteTopic("t\(Int.random(in: 0...1, using: &self.random))")))
        case 81..<87: self.comeAndGo(group)
        case 87..<90:
            for id in self.coordinator.liveGroups { self.append(.rewrite(self.coordinator.liveRecords(of: id))) }
        case 90..<93: self.append(.owed(self.coordinator.takeOwed(bytesMax: 100)))
        default:
            self.milliseconds += [1, 5_000, 90_000, 400_000_000].randomElement(using: &self.random) ?? 0
            self.append(self.coordinator.tick(at: self.now))
        }
    }

    /// One sync: all that is on its way is durable, or none is.
    mutating func finish(isDurable: Bool) throws {
        let shown = History.offsets(self.coordinator)
        for append in exchange(&self.tail, with: []) { self.end(append, isDurable: isDurable) }
        if !isDurable, History.offsets(self.coordinator) != shown {
            self.fault = "\(shown) was shown, now \(History.offsets(self.coordinator))"
        }
    }

    /// Everything that is owed is stored.
    mutating func settle() throws {
        try self.finish(isDurable: true)
        while self.coordinator.owesRecords {
            self.tail.append(.owed(self.coordinator.takeOwed(bytesMax: 300)))
            try self.finish(isDurable: true)
        }
    }

    private mutating func end(_ append: Append, isDurable: Bool) {
        switch append {
        case .commit(let write):
            if isDurable { self.log += write.records }
            self.coordinator.finishWrite(write.id, isDurable: isDurable)
        case .change(let records):
            if isDurable { self.log += records } else { self.coordinator.notStored(records) }
        case .owed(let records):
            if isDurable { self.log += records }
            self.coordinator.finishOwed(records, isStored: isDurable)
        case .rewrite(let records):
            if isDurable { self.log += records }
        }
    }

    /// Behind what is on its way, or refused at once.
    private mutating func append(_ append: Append) {
        if Int.random(in: 0..<8, using: &self.random) == 0 {
            self.end(append, isDurable: false)
        } else {
            self.tail.append(append)
        }
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
        if let write = outcome.write { self.append(.commit(write)) }
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
            if case .append(let records) = action { self.append(.change(records)) }
        }
    }
}
