import KafkaProtocol
import NIOCore
import Testing

@Suite("all consumer groups and their bounds, contracts/kafka.md §8")
struct GroupCoordinatorTests {
    private func time(_ milliseconds: Int) -> GroupTime {
        GroupTime(uptime: .milliseconds(milliseconds), wallMilliseconds: 1_795_000_000_000 + Int64(milliseconds))
    }

    private func join(_ group: String, fresh: String, protocols: [GroupProtocolOffer]? = nil) -> GroupJoin {
        var join = TestGroup.request(fresh: fresh)
        join.group = group
        if let protocols { join.protocols = protocols }
        return join
    }

    private func refusal(_ actions: [GroupAction]) -> KafkaError? {
        guard case .answerJoin(_, .refused(let error, _)) = actions.last else { return nil }
        return error
    }

    @Test(
        "a session timeout outside 6 s to 30 min is refused [26]",
        arguments: [(5_999, true), (6_000, false), (1_800_000, false), (1_800_001, true), (0, true), (-1, true)]
    )
    func sessionTimeout(milliseconds: Int32, isRefused: Bool) {
        var coordinator = GroupCoordinator()
        var join = self.join("g", fresh: "a")
        join.sessionTimeoutMilliseconds = milliseconds
        let actions = coordinator.join(GroupRequestID(1), join, at: self.time(0))
        #expect((self.refusal(actions) == .invalidSessionTimeout) == isRefused)
        #expect(coordinator.groupCount == (isRefused ? 0 : 1))
    }

    @Test("a group has a name of 1 to 256 bytes [24]", arguments: [(0, true), (1, false), (256, false), (257, true)])
    func groupName(bytes: Int, isRefused: Bool) {
        var coordinator = GroupCoordinator()
        let name = String(repeating: "g", count: bytes)
        let identity = GroupIdentity(group: name, generation: 1, memberID: "a")
        let join = coordinator.join(GroupRequestID(1), self.join(name, fresh: "a"), at: self.time(0))
        #expect((self.refusal(join) == .invalidGroupID) == isRefused)
        #expect((coordinator.heartbeat(identity, at: self.time(0)) == .invalidGroupID) == isRefused)
        let leave = coordinator.leave(name, [GroupLeave.Member(memberID: "x")], at: self.time(0))
        #expect(leave.error == (isRefused ? .invalidGroupID : .noError))
        #expect(leave.members == [isRefused ? .invalidGroupID : .unknownMemberID])
        #expect((coordinator.delete(name) == .refused(.invalidGroupID)) == isRefused)
    }

    @Test("a JoinGroup without protocols, with one twice, or without a type is refused [23]")
    func protocols() {
        var coordinator = GroupCoordinator()
        let range = GroupProtocolOffer(name: "range", metadata: ByteBuffer())
        for protocols in [[], [range, range]] {
            let join = self.join("g", fresh: "a", protocols: protocols)
            let actions = coordinator.join(GroupRequestID(1), join, at: self.time(0))
            #expect(self.refusal(actions) == .inconsistentGroupProtocol)
        }
        var untyped = self.join("g", fresh: "a")
        untyped.protocolType = ""
        #expect(
            self.refusal(coordinator.join(GroupRequestID(1), untyped, at: self.time(0))) == .inconsistentGroupProtocol
        )
    }

    @Test("a member's metadata is bounded [42]", arguments: [(95, false), (96, true)])
    func memberMetadata(bytes: Int, isRefused: Bool) {
        var limits = GroupLimits()
        limits.memberMetadataBytesMax = 100
        var coordinator = GroupCoordinator(limits: limits)
        let offer = GroupProtocolOffer(name: "range", metadata: ByteBuffer(repeating: 0, count: bytes))
        let join = self.join("g", fresh: "a", protocols: [offer])
        let actions = coordinator.join(GroupRequestID(1), join, at: self.time(0))
        #expect((self.refusal(actions) == .invalidRequest) == isRefused)
    }

    @Test("a group's metadata is bounded, and all groups' [81]; joining again counts once")
    func groupMetadata() {
        var limits = GroupLimits()
        limits.groupMetadataBytesMax = 200
        limits.metadataBytesMax = 300
        var coordinator = GroupCoordinator(limits: limits)
        let offer = GroupProtocolOffer(name: "range", metadata: ByteBuffer(repeating: 0, count: 95))
        var refusals: [KafkaError?] = []
        for (group, fresh) in [("g", "a"), ("g", "b"), ("g", "c"), ("h", "d"), ("i", "e")] {
            let join = self.join(group, fresh: fresh, protocols: [offer])
            refusals.append(self.refusal(coordinator.join(GroupRequestID(1), join, at: self.time(0))))
        }
        #expect(refusals == [nil, nil, .groupMaxSizeReached, nil, .groupMaxSizeReached])
        #expect(coordinator.metadataBytes == 300)
        _ = coordinator.tick(at: self.time(300))
        var again = self.join("g", fresh: "", protocols: [offer])
        again.memberID = "a"
        #expect(self.refusal(coordinator.join(GroupRequestID(2), again, at: self.time(300))) == nil)
        _ = coordinator.leave("g", [GroupLeave.Member(memberID: "a")], at: self.time(300))
        #expect(coordinator.metadataBytes == 200)
    }

    @Test("groups are bounded [44]; one that holds nothing makes room")
    func groupsMax() {
        var limits = GroupLimits()
        limits.groupsMax = 2
        var coordinator = GroupCoordinator(limits: limits)
        _ = coordinator.join(GroupRequestID(1), self.join("g", fresh: "a"), at: self.time(0))
        _ = coordinator.join(GroupRequestID(2), self.join("h", fresh: "b"), at: self.time(0))
        let third = coordinator.join(GroupRequestID(3), self.join("i", fresh: "c"), at: self.time(0))
        #expect(self.refusal(third) == .policyViolation)
        let item = OffsetCommit.Item(
            place: TopicPartition(topic: "t", partition: 0),
            offset: 1,
            leaderEpoch: -1,
            metadata: ""
        )
        let nobody = GroupIdentity(group: "i", generation: -1, memberID: "")
        #expect(coordinator.commit(nobody, [item], at: self.time(0)).outcome.errors == [.policyViolation])
        _ = coordinator.leave("g", [GroupLeave.Member(memberID: "a")], at: self.time(0))
        let fourth = coordinator.join(GroupRequestID(4), self.join("i", fresh: "c"), at: self.time(0))
        #expect(self.refusal(fourth) == nil)
        #expect(coordinator.list().map(\.group) == ["h", "i"])
    }

    @Test("a member of a group that is not there is unknown [25]")
    func noGroup() {
        var coordinator = GroupCoordinator()
        let identity = GroupIdentity(group: "g", generation: 1, memberID: "a")
        #expect(coordinator.heartbeat(identity, at: self.time(0)) == .unknownMemberID)
        var join = self.join("g", fresh: "")
        join.memberID = "a"
        #expect(
            coordinator.join(GroupRequestID(1), join, at: self.time(0))
                == [.answerJoin(GroupRequestID(1), .refused(.unknownMemberID, memberID: "a"))]
        )
        let sync = GroupSync(identity: identity, assignments: [])
        #expect(
            coordinator.sync(GroupRequestID(2), sync, at: self.time(0))
                == [.answerSync(GroupRequestID(2), .refused(.unknownMemberID))]
        )
        #expect(coordinator.groupCount == 0)
    }

    @Test("a coordinator ticked when it asks to be brings a group to life and to its end, and says so in records")
    func life() throws {
        var coordinator = GroupCoordinator()
        #expect(coordinator.wake == nil)
        #expect(coordinator.join(GroupRequestID(1), self.join("g", fresh: "a"), at: self.time(0)) == [])
        #expect(coordinator.wake == .milliseconds(200))
        let joined = coordinator.tick(at: self.time(200))
        #expect(joined.count == 2)
        guard case .answerJoin(GroupRequestID(1), .joined(let place)) = joined.first else {
            Issue.record("no answer: \(joined)")
            return
        }
        #expect(place.generation == 1)
        let state = GroupStateRecord(protocolType: "consumer", generation: 1, emptySinceMilliseconds: nil)
        #expect(
            joined.last == .append([GroupRecord(key: GroupRecordKey.group("g").bytes, value: state.bytes)])
        )
        let identity = GroupIdentity(group: "g", generation: 1, memberID: "a")
        let share = GroupSync.Assignment(memberID: "a", bytes: ByteBuffer(string: "0"))
        let sync = coordinator.sync(
            GroupRequestID(2),
            GroupSync(identity: identity, assignments: [share]),
            at: self.time(200)
        )
        #expect(sync == [.answerSync(GroupRequestID(2), .assigned(ByteBuffer(string: "0")))])
        #expect(coordinator.describe("g").state == "Stable")
        #expect(coordinator.describe("g").members.map(\.assignment) == [ByteBuffer(string: "0")])
        #expect(coordinator.heartbeat(identity, at: self.time(300)) == .noError)
        #expect(coordinator.tick(at: self.time(10_299)) == [])
        let end = coordinator.tick(at: self.time(10_300))
        let empty = GroupStateRecord(
            protocolType: "consumer",
            generation: 2,
            emptySinceMilliseconds: 1_795_000_010_300
        )
        #expect(end == [.append([GroupRecord(key: GroupRecordKey.group("g").bytes, value: empty.bytes)])])
        #expect(coordinator.describe("g").state == "Empty")
        #expect(coordinator.memberCount == 0)
        _ = coordinator.tick(at: self.time(60_000))
        #expect(coordinator.describe("g").state == "Empty")
        let gone = coordinator.tick(at: self.time(120_000))
        #expect(gone == [.append([GroupRecord(key: GroupRecordKey.group("g").bytes, value: [])])])
        #expect(coordinator.describe("g").state == "Dead")
        #expect(coordinator.wake == nil)
    }

    @Test("a group is deleted only while it is empty [68], [69]")
    func deletion() {
        var coordinator = GroupCoordinator()
        #expect(coordinator.delete("g") == .refused(.groupIDNotFound))
        _ = coordinator.join(GroupRequestID(1), self.join("g", fresh: "a"), at: self.time(0))
        #expect(coordinator.delete("g") == .refused(.nonEmptyGroup))
        _ = coordinator.leave("g", [GroupLeave.Member(memberID: "a")], at: self.time(0))
        #expect(
            coordinator.delete("g") == .deleted([GroupRecord(key: GroupRecordKey.group("g").bytes, value: [])])
        )
        #expect(coordinator.groupCount == 0)
    }

    @Test(
        "a client's name in an id is at most 64 bytes, cut between two scalars",
        arguments: [
            (String(repeating: "a", count: 64), 64),
            (String(repeating: "a", count: 65), 64),
            (String(repeating: "a", count: 63) + "é", 63),
            (String(repeating: "a", count: 62) + "é", 64),
            // All of it is one character.
            ("a" + String(repeating: "\u{200D}", count: 10_900), 64),
            // Cut character by character this took 0.4 s, on the loop of all groups, too.
            (String(repeating: "🇩🇪", count: 4_095), 64),
        ]
    )
    func memberIDCut(clientID: String, bytes: Int) {
        var random = SystemRandomNumberGenerator()
        let id = GroupMemberID.make(clientID: clientID, using: &random)
        #expect(id.utf8.count == bytes + 33)
        #expect(Array(id.utf8.prefix(bytes)) == Array(clientID.utf8.prefix(bytes)))
    }

    @Test("new ids of members begin with the client's name, cut at a character, and differ")
    func memberIDs() {
        var random = SystemRandomNumberGenerator()
        let first = GroupMemberID.make(clientID: "rdkafka", using: &random)
        #expect(first.hasPrefix("rdkafka-"))
        #expect(first.utf8.count == 8 + 32)
        #expect(first != GroupMemberID.make(clientID: "rdkafka", using: &random))
        let long = GroupMemberID.make(clientID: String(repeating: "é", count: 100), using: &random)
        #expect(long.hasPrefix(String(repeating: "é", count: 32) + "-"))
        #expect(long.utf8.count == 64 + 33)
    }
}
