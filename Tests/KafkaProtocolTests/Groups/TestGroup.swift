import NIOCore

@testable import KafkaProtocol

/// A group under test: numbers its requests, keeps its answers, and ticks it whenever it wants to be.
struct TestGroup {
    var group: ConsumerGroup
    private(set) var now = Duration.zero
    private(set) var joins: [GroupRequestID: GroupJoinOutcome] = [:]
    private(set) var syncs: [GroupRequestID: GroupSyncOutcome] = [:]
    /// Answers that were given to requests that had one.
    private(set) var repeatedAnswers = 0
    /// Whether a tick left something to do at its own time, so that the caller would tick for ever.
    private(set) var isStuck = false
    private var requestNext: UInt64 = 1

    init(limits: GroupLimits = GroupLimits()) {
        self.group = ConsumerGroup(id: "g", limits: limits)
    }

    /// What a member asks; the metadata is its own name.
    static func request(
        _ memberID: String = "",
        fresh: String = "",
        instance: String? = nil,
        isMemberIDRequired: Bool = false,
        session: Int32 = 10_000,
        rebalance: Int32 = 60_000,
        type: String = "consumer",
        protocols: [String] = ["range"],
        metadata: String = ""
    ) -> GroupJoin {
        GroupJoin(
            group: "g",
            memberID: memberID,
            instanceID: instance,
            freshMemberID: fresh,
            isMemberIDRequired: isMemberIDRequired,
            clientID: "client",
            clientHost: "/127.0.0.1",
            sessionTimeoutMilliseconds: session,
            rebalanceTimeoutMilliseconds: rebalance,
            protocolType: type,
            protocols: protocols.map { GroupProtocolOffer(name: $0, metadata: ByteBuffer(string: metadata)) }
        )
    }

    mutating func join(_ join: GroupJoin) -> GroupRequestID {
        let id = self.newRequest()
        self.carryOut(self.group.join(id, join, at: self.now))
        return id
    }

    /// A new member that is taken at once.
    mutating func join(new fresh: String, protocols: [String] = ["range"]) -> GroupRequestID {
        self.join(TestGroup.request(fresh: fresh, protocols: protocols))
    }

    mutating func sync(
        _ memberID: String,
        generation: Int32? = nil,
        instance: String? = nil,
        _ shares: [String: String] = [:]
    ) -> GroupRequestID {
        let id = self.newRequest()
        let sync = GroupSync(
            identity: GroupIdentity(
                group: "g",
                generation: generation ?? self.group.generation,
                memberID: memberID,
                instanceID: instance
            ),
            assignments: shares.map { GroupSync.Assignment(memberID: $0.key, bytes: ByteBuffer(string: $0.value)) }
        )
        self.carryOut(self.group.sync(id, sync, at: self.now))
        return id
    }

    mutating func heartbeat(_ memberID: String, generation: Int32? = nil, instance: String? = nil) -> KafkaError {
        self.group.heartbeat(self.identity(memberID, generation: generation, instance: instance), at: self.now)
    }

    mutating func checkCommit(_ memberID: String, generation: Int32? = nil, instance: String? = nil) -> KafkaError {
        self.group.checkCommit(self.identity(memberID, generation: generation, instance: instance), at: self.now)
    }

    mutating func leave(_ memberIDs: String...) -> [KafkaError] {
        let (errors, actions) = self.group.leave(memberIDs.map { GroupLeave.Member(memberID: $0) }, at: self.now)
        self.carryOut(actions)
        return errors
    }

    mutating func leave(instance: String, memberID: String = "") -> [KafkaError] {
        let leaving = GroupLeave.Member(memberID: memberID, instanceID: instance)
        let (errors, actions) = self.group.leave([leaving], at: self.now)
        self.carryOut(actions)
        return errors
    }

    mutating func abandon(_ request: GroupRequestID) {
        self.carryOut(self.group.abandon(request, at: self.now))
    }

    /// Lets time pass, with every tick the group asks for.
    mutating func advance(to time: Duration) {
        while let wake = self.group.wake, wake <= time {
            self.now = max(self.now, wake)
            self.carryOut(self.group.tick(at: self.now))
            guard self.group.wake.map({ $0 > self.now }) ?? true else {
                self.isStuck = true
                break
            }
        }
        self.now = time
    }

    mutating func advance(by milliseconds: Int) {
        self.advance(to: self.now + .milliseconds(milliseconds))
    }

    /// A stable group of these members, the first one the leader; each has its own name as its assignment.
    static func stable(_ memberIDs: [String], limits: GroupLimits = GroupLimits()) -> TestGroup {
        var group = TestGroup(limits: limits)
        for memberID in memberIDs { _ = group.join(new: memberID) }
        group.advance(by: 500)
        for memberID in memberIDs.dropFirst() { _ = group.sync(memberID) }
        _ = group.sync(memberIDs[0], Dictionary(uniqueKeysWithValues: memberIDs.map { ($0, $0) }))
        return group
    }

    func place(_ request: GroupRequestID) -> GroupJoinOutcome.Place? {
        guard case .joined(let place) = self.joins[request] else { return nil }
        return place
    }

    private func identity(_ memberID: String, generation: Int32?, instance: String?) -> GroupIdentity {
        GroupIdentity(
            group: "g",
            generation: generation ?? self.group.generation,
            memberID: memberID,
            instanceID: instance
        )
    }

    private mutating func newRequest() -> GroupRequestID {
        defer { self.requestNext += 1 }
        return GroupRequestID(self.requestNext)
    }

    private mutating func carryOut(_ actions: [GroupAction]) {
        for action in actions {
            switch action {
            case .answerJoin(let id, let outcome):
                if self.joins.updateValue(outcome, forKey: id) != nil { self.repeatedAnswers += 1 }
            case .answerSync(let id, let outcome):
                if self.syncs.updateValue(outcome, forKey: id) != nil { self.repeatedAnswers += 1 }
            case .append: break
            }
        }
    }
}
