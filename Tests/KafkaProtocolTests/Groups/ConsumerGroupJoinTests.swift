import NIOCore
import Testing

@testable import KafkaProtocol

@Suite("joining a consumer group, contracts/kafka.md §8")
struct ConsumerGroupJoinTests {
    @Test(
        "the first join phase of an empty group waits for more members",
        arguments: [(0, 0, true), (199, 200, false), (200, 200, true), (499, 500, false), (500, 500, true)]
    )
    func initialDelay(elapsed: Int, delay: Int, isAnswered: Bool) {
        var limits = GroupLimits()
        limits.initialDelay = .milliseconds(delay)
        var group = TestGroup(limits: limits)
        let request = group.join(new: "a")
        group.advance(by: elapsed)
        #expect((group.place(request) != nil) == isAnswered)
    }

    @Test("who comes during the delay is in the first generation, and the leader alone is told of all")
    func firstGeneration() {
        var group = TestGroup()
        let first = group.join(TestGroup.request(fresh: "a", metadata: "A"))
        group.advance(by: 100)
        let second = group.join(TestGroup.request(fresh: "b", metadata: "B"))
        group.advance(by: 100)
        #expect(
            group.place(first)
                == GroupJoinOutcome.Place(
                    generation: 1,
                    protocolName: "range",
                    leaderID: "a",
                    memberID: "a",
                    members: [
                        GroupJoinOutcome.Member(memberID: "a", instanceID: nil, metadata: ByteBuffer(string: "A")),
                        GroupJoinOutcome.Member(memberID: "b", instanceID: nil, metadata: ByteBuffer(string: "B")),
                    ]
                )
        )
        #expect(
            group.place(second)
                == GroupJoinOutcome.Place(
                    generation: 1,
                    protocolName: "range",
                    leaderID: "a",
                    memberID: "b",
                    members: []
                )
        )
    }

    @Test("a new dynamic member is told its id first, and comes back with it")
    func memberIDRequired() {
        var group = TestGroup()
        let first = group.join(TestGroup.request(fresh: "a", isMemberIDRequired: true))
        #expect(group.joins[first] == .refused(.memberIDRequired, memberID: "a"))
        #expect(group.group.memberCount == 0)
        let second = group.join(TestGroup.request("a", isMemberIDRequired: true))
        group.advance(by: 200)
        #expect(group.place(second)?.memberID == "a")
    }

    @Test("an id that was told is forgotten after the session timeout", arguments: [(9_999, true), (10_000, false)])
    func forgottenID(elapsed: Int, isKnown: Bool) {
        var group = TestGroup()
        _ = group.join(TestGroup.request(fresh: "a", isMemberIDRequired: true))
        group.advance(by: elapsed)
        let request = group.join(TestGroup.request("a", isMemberIDRequired: true))
        if isKnown {
            #expect(group.joins[request] == nil)
        } else {
            #expect(group.joins[request] == .refused(.unknownMemberID, memberID: "a"))
        }
    }

    @Test("a static member is taken at once even when dynamic ones must come back")
    func staticAtOnce() {
        var group = TestGroup()
        let request = group.join(TestGroup.request(fresh: "a", instance: "i", isMemberIDRequired: true))
        group.advance(by: 200)
        #expect(group.place(request)?.members.first?.instanceID == "i")
    }

    @Test("an unknown member is refused")
    func unknown() {
        var group = TestGroup.stable(["a"])
        let request = group.join(TestGroup.request("x"))
        #expect(group.joins[request] == .refused(.unknownMemberID, memberID: "x"))
    }

    @Test(
        "who shares no protocol with all others, or is of another type, is refused",
        arguments: [
            ("consumer", ["range"], true), ("consumer", ["sticky", "range"], true),
            ("consumer", ["roundrobin"], false), ("consumer", ["sticky"], false), ("connect", ["range"], false),
        ]
    )
    func protocols(type: String, names: [String], isTaken: Bool) {
        var group = TestGroup()
        _ = group.join(new: "a", protocols: ["range", "roundrobin"])
        _ = group.join(new: "b", protocols: ["sticky", "range"])
        let request = group.join(TestGroup.request(fresh: "c", type: type, protocols: names))
        #expect((group.joins[request] == .refused(.inconsistentGroupProtocol, memberID: "")) == !isTaken)
        #expect(group.group.memberCount == (isTaken ? 3 : 2))
    }

    @Test("the only member may change its protocols altogether")
    func soleMemberChanges() {
        var group = TestGroup.stable(["a"])
        let request = group.join(TestGroup.request("a", type: "connect", protocols: ["compatible"]))
        #expect(group.place(request)?.protocolName == "compatible")
        #expect(group.group.protocolType == "connect")
    }

    @Test(
        "of the protocols all offer, the one most members like best is chosen",
        arguments: [
            ([["range", "sticky"], ["sticky", "range"], ["sticky", "range"]], "sticky"),
            ([["range", "sticky"], ["range", "sticky"], ["sticky", "range"]], "range"),
            ([["range", "sticky"], ["sticky", "range"]], "range"),
            ([["fancy", "sticky", "range"], ["fancy", "range"], ["range", "fancy"], ["range"]], "range"),
        ]
    )
    func votes(offers: [[String]], chosen: String) {
        var group = TestGroup()
        var requests: [GroupRequestID] = []
        for (number, names) in offers.enumerated() { requests.append(group.join(new: "m\(number)", protocols: names)) }
        group.advance(by: 200)
        #expect(requests.map { group.place($0)?.protocolName } == offers.map { _ in chosen })
    }

    @Test("a second member begins a rebalance that ends when the first has joined again")
    func secondMember() {
        var group = TestGroup.stable(["a"])
        let second = group.join(new: "b")
        #expect(group.heartbeat("a") == .rebalanceInProgress)
        #expect(group.joins[second] == nil)
        let first = group.join(TestGroup.request("a"))
        #expect(group.place(first)?.generation == 2)
        #expect(group.place(first)?.members.map(\.memberID) == ["a", "b"])
        #expect(group.place(second)?.leaderID == "a")
    }

    @Test(
        "the join phase ends with its time, and who has not joined is dropped",
        arguments: [(59_999, false), (60_000, true)]
    )
    func joinDeadline(elapsed: Int, isOver: Bool) {
        var group = TestGroup.stable(["a", "b"])
        let third = group.join(new: "c")
        let first = group.join(TestGroup.request("a"))
        for _ in 0..<elapsed / 5_000 {
            group.advance(by: 5_000)
            _ = group.heartbeat("b")
        }
        group.advance(by: elapsed % 5_000)
        #expect((group.place(third) != nil) == isOver)
        #expect((group.place(first) != nil) == isOver)
        #expect(group.group.memberCount == (isOver ? 2 : 3))
        #expect(group.heartbeat("b", generation: 1) == (isOver ? .unknownMemberID : .rebalanceInProgress))
    }

    @Test("the leader stays the leader while it is a member, else the one that came first leads")
    func leader() {
        var group = TestGroup.stable(["a", "b", "c"])
        let again = group.join(TestGroup.request("a"))
        _ = group.join(TestGroup.request("c"))
        let second = group.join(TestGroup.request("b"))
        #expect(group.place(second)?.leaderID == "a")
        #expect(group.place(again)?.members.count == 3)
        #expect(group.leave("a") == [.noError])
        let third = group.join(TestGroup.request("c"))
        let fourth = group.join(TestGroup.request("b"))
        #expect(group.place(third)?.leaderID == "b")
        #expect(group.place(fourth)?.members.map(\.memberID) == ["b", "c"])
    }

    @Test("in a stable group the same JoinGroup of a follower is answered again, one of the leader rebalances")
    func sameAgainWhileStable() {
        var group = TestGroup.stable(["a", "b"])
        let follower = group.join(TestGroup.request("b"))
        #expect(group.place(follower)?.generation == 1)
        #expect(group.place(follower)?.members == [])
        let leader = group.join(TestGroup.request("a"))
        #expect(group.joins[leader] == nil)
        #expect(group.heartbeat("b") == .rebalanceInProgress)
    }

    @Test("a follower with another subscription rebalances")
    func changedSubscription() {
        var group = TestGroup.stable(["a", "b"])
        let follower = group.join(TestGroup.request("b", metadata: "more"))
        #expect(group.joins[follower] == nil)
        #expect(group.heartbeat("a") == .rebalanceInProgress)
    }

    @Test("before the leader has shared out, the same JoinGroup is answered again")
    func sameAgainWhileCompleting() {
        var group = TestGroup()
        _ = group.join(new: "a")
        group.advance(by: 200)
        let again = group.join(TestGroup.request("a"))
        #expect(group.place(again)?.generation == 1)
        #expect(group.place(again)?.members.count == 1)
        let changed = group.join(TestGroup.request("a", metadata: "more"))
        #expect(group.place(changed)?.generation == 2)
    }

    @Test("a JoinGroup sent again on another connection is the one that counts; the first is told to join again")
    func repeatedWhilePreparing() {
        var group = TestGroup.stable(["a", "b"])
        let first = group.join(TestGroup.request("b", metadata: "more"))
        let second = group.join(TestGroup.request("b", metadata: "more"))
        #expect(group.joins[first] == .refused(.rebalanceInProgress, memberID: "b"))
        _ = group.join(TestGroup.request("a"))
        #expect(group.place(second)?.generation == 2)
    }

    @Test("members and told ids together are bounded", arguments: [(2, true), (3, false)])
    func membersMax(count: Int, isTaken: Bool) {
        var limits = GroupLimits()
        limits.membersPerGroupMax = 2
        var group = TestGroup(limits: limits)
        _ = group.join(TestGroup.request(fresh: "told", isMemberIDRequired: true))
        var last = GroupRequestID(0)
        for number in 1..<count { last = group.join(new: "m\(number)") }
        #expect((group.joins[last] == .refused(.groupMaxSizeReached, memberID: "")) == !isTaken)
    }
}
