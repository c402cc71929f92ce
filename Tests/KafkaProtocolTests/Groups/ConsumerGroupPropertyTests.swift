import NIOCore
import TestSupport
import Testing

@testable import KafkaProtocol

@Suite("a consumer group under random members, contracts/kafka.md §8")
struct ConsumerGroupPropertyTests {
    @Test("whatever members do: one leader a generation, every answer once and in time, all of a stable group placed")
    func interleavings() throws {
        var random = SeededGenerator.announced()
        var stableSteps = 0
        for round in 0..<400 {
            var model = GroupModel(seed: random.next())
            for step in 0..<250 {
                model.step()
                if case .stable = model.phase { stableSteps += 1 }
                if let fault = model.fault {
                    Issue.record("round \(round), step \(step): \(fault)")
                    return
                }
            }
            model.settle()
            if let fault = model.fault {
                Issue.record("round \(round), settling: \(fault)")
                return
            }
        }
        // Else the test shows less than it says.
        #expect(stableSteps > 10_000)
    }
}

/// A group with members that do anything at any time, and what must be so after each step.
private struct GroupModel {
    private struct Client {
        var memberID = ""
        var instanceID: String?
        var join: GroupRequestID?
        var sync: GroupRequestID?
    }

    private static let rebalanceMax = Duration.milliseconds(8_000)
    private var random: SeededGenerator
    private var group: TestGroup
    private var clients: [Client]
    /// Of 100 steps, those in which a client does what it should.
    private let calm: Int
    private var memberNumber = 0
    /// When each request that is to be answered was made.
    private var outstanding: [GroupRequestID: Duration] = [:]
    private var leaders: [Int32: Set<String>] = [:]
    private var placed: [Int32: Set<String>] = [:]
    private var generationLast: Int32 = 0
    private(set) var fault: String?

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
        self.calm = [0, 50, 90, 98].randomElement(using: &self.random) ?? 0
        var limits = GroupLimits()
        limits.initialDelay = .milliseconds(Int.random(in: 0...500, using: &self.random))
        limits.membersPerGroupMax = 6
        self.group = TestGroup(limits: limits)
        self.clients = (0..<8).map { Client(instanceID: $0 < 3 ? "i\($0 % 2)" : nil) }
    }

    mutating func step() {
        let index = Int.random(in: 0..<self.clients.count, using: &self.random)
        guard Int.random(in: 0..<100, using: &self.random) >= self.calm else {
            self.behave(index)
            self.collect()
            self.check()
            return
        }
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<35: self.join(index, isAgain: Int.random(in: 0..<4, using: &self.random) > 0)
        case 35..<60: self.sync(index, isStale: Int.random(in: 0..<10, using: &self.random) == 0)
        case 60..<75:
            _ = self.group.heartbeat(self.clients[index].memberID, instance: self.clients[index].instanceID)
        case 75..<80: self.leave(index)
        case 80..<84: self.forget(index)
        case 84..<88: self.abandon(index)
        default: self.group.advance(by: [1, 50, 300, 2_000, 7_000].randomElement(using: &self.random) ?? 1)
        }
        self.collect()
        self.check()
    }

    /// What a proper client does next.
    private mutating func behave(_ index: Int) {
        let client = self.clients[index]
        guard let member = self.group.group.members[client.memberID] else {
            let isOutstanding = client.join.map { self.outstanding[$0] != nil } ?? false
            if isOutstanding { self.group.advance(by: 100) } else { self.join(index, isAgain: false) }
            return
        }
        switch self.group.group.phase {
        case _ where member.isWaiting: self.group.advance(by: 100)
        case .empty, .preparingRebalance: self.join(index, isAgain: true)
        case .completingRebalance: self.sync(index, isStale: false)
        case .stable where !member.hasSynced: self.sync(index, isStale: false)
        case .stable:
            _ = self.group.heartbeat(client.memberID, instance: client.instanceID)
            self.group.advance(by: 300)
        }
    }

    /// Nobody does anything more: everybody is dropped in time.
    mutating func settle() {
        self.group.advance(by: 40_000)
        self.collect()
        self.check()
        if !self.outstanding.isEmpty { self.fault = "unanswered for ever: \(self.outstanding)" }
        if self.group.group.phase != .empty || self.group.group.bytes != 0 || !self.group.group.offerCounts.isEmpty {
            self.fault = "not empty: \(self.group.group.phase), \(self.group.group.bytes) bytes"
        }
        if let wake = self.group.group.wake { self.fault = "an empty group wants to be woken at \(wake)" }
    }

    var phase: ConsumerGroup.Phase { self.group.group.phase }

    private mutating func join(_ index: Int, isAgain: Bool) {
        self.memberNumber += 1
        let join = TestGroup.request(
            self.clients[index].memberID,
            fresh: "m\(self.memberNumber)",
            instance: self.clients[index].instanceID,
            isMemberIDRequired: Bool.random(using: &self.random),
            session: 6_000,
            rebalance: Int32.random(in: 1_000...8_000, using: &self.random),
            protocols: isAgain
                ? [["range", "sticky"], ["sticky", "range"]][index % 2]
                : [["range"], ["range", "sticky"], ["sticky", "range"], ["sticky"]]
                    .randomElement(using: &self.random) ?? [],
            metadata: isAgain ? "" : "\(self.memberNumber)"
        )
        let made = self.group.now
        let request = self.group.join(join)
        self.outstanding[request] = made
        self.clients[index].join = request
    }

    private mutating func sync(_ index: Int, isStale: Bool) {
        let client = self.clients[index]
        let made = self.group.now
        let request = self.group.sync(
            client.memberID,
            generation: self.group.group.generation - (isStale ? 1 : 0),
            instance: client.instanceID,
            Dictionary(uniqueKeysWithValues: self.group.group.members.keys.map { ($0, $0) })
        )
        self.outstanding[request] = made
        self.clients[index].sync = request
    }

    private mutating func leave(_ index: Int) {
        _ = self.group.leave(self.clients[index].memberID)
        self.clients[index].memberID = ""
    }

    /// The process dies: its connections close, and a new one knows no id.
    private mutating func forget(_ index: Int) {
        self.abandon(index)
        self.clients[index].memberID = ""
    }

    private mutating func abandon(_ index: Int) {
        for request in [self.clients[index].join, self.clients[index].sync].compactMap({ $0 }) {
            guard self.outstanding.removeValue(forKey: request) != nil else { continue }
            self.group.abandon(request)
        }
        self.clients[index].join = nil
        self.clients[index].sync = nil
    }

    /// Takes the answers that came.
    private mutating func collect() {
        for request in self.outstanding.keys {
            if let outcome = self.group.joins[request] {
                self.outstanding[request] = nil
                self.take(outcome, of: request)
            } else if self.group.syncs[request] != nil {
                self.outstanding[request] = nil
            }
        }
    }

    private mutating func take(_ outcome: GroupJoinOutcome, of request: GroupRequestID) {
        let owner = self.clients.firstIndex { $0.join == request }
        switch outcome {
        case .joined(let place):
            self.placed[place.generation, default: []].insert(place.memberID)
            if !place.members.isEmpty { self.leaders[place.generation, default: []].insert(place.memberID) }
            if let owner { self.clients[owner].memberID = place.memberID }
        case .refused(.memberIDRequired, let memberID):
            if let owner { self.clients[owner].memberID = memberID }
        case .refused(.unknownMemberID, _), .refused(.fencedInstanceID, _):
            if let owner { self.clients[owner].memberID = "" }
        case .refused: break
        }
    }

    private mutating func check() {
        let group = self.group.group
        if self.group.isStuck { self.fault = "a tick left something to do" }
        if self.group.repeatedAnswers > 0 { self.fault = "a request was answered twice" }
        if group.generation < self.generationLast { self.fault = "the generation went back" }
        self.generationLast = group.generation
        if let leaders = self.leaders.first(where: { $0.value.count > 1 }) { self.fault = "two leaders: \(leaders)" }
        let waiting = group.members.values.flatMap { [$0.join, $0.sync].compactMap { $0 } }
        if Set(waiting) != Set(self.outstanding.keys) {
            self.fault = "waiting \(waiting), outstanding \(self.outstanding)"
        }
        for (request, made) in self.outstanding
        where self.group.now - made > GroupModel.rebalanceMax + .milliseconds(500) {
            self.fault = "\(request) waits since \(made)"
        }
        self.checkPhase(group)
        let bytes = group.members.values.reduce(0) { $0 + $1.bytes }
        if bytes != group.bytes { self.fault = "\(group.bytes) bytes counted, \(bytes) kept" }
        let offers = group.members.values.flatMap { $0.offers.map(\.name) }
        if Dictionary(offers.map { ($0, 1) }, uniquingKeysWith: +) != group.offerCounts { self.fault = "offer counts" }
        let instances = group.members.values.compactMap { member in member.instanceID.map { ($0, member.id) } }
        if Dictionary(instances, uniquingKeysWith: { $1 }) != group.instances
            || instances.count != group.instances.count
        {
            self.fault = "instances"
        }
    }

    private mutating func checkPhase(_ group: ConsumerGroup) {
        switch group.phase {
        case .empty:
            if !group.members.isEmpty { self.fault = "members in an empty group" }
        case .preparingRebalance:
            if group.members.isEmpty { self.fault = "nobody prepares" }
            if group.members.values.contains(where: { $0.sync != nil }) {
                self.fault = "a pending sync while preparing"
            }
        case .completingRebalance:
            if group.members.values.contains(where: { $0.join != nil }) { self.fault = "a pending join" }
            self.checkPlaced(group)
        case .stable:
            if group.members.values.contains(where: \.isWaiting) { self.fault = "a stable member waits" }
            self.checkPlaced(group)
        }
    }

    /// Each member of the generation was told so, unless its connection closed, and the leader is one of them.
    private mutating func checkPlaced(_ group: ConsumerGroup) {
        let placed = self.placed[group.generation] ?? []
        if !group.members.keys.allSatisfy({ placed.contains($0) }) { self.fault = "a member was not told its place" }
        if group.leaderID.map({ group.members[$0] == nil }) ?? true { self.fault = "no leader" }
        if !group.members.values.allSatisfy({ $0.offers.contains { $0.name == group.protocolName } }) {
            self.fault = "\(group.protocolName) is not offered by all"
        }
    }
}
