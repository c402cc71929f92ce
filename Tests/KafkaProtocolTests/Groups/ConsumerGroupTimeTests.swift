import KafkaProtocol
import NIOCore
import Testing

@Suite("sessions, leaving and commits of a consumer group, contracts/kafka.md §8")
struct ConsumerGroupTimeTests {
    @Test("silence for the session timeout drops a member and rebalances", arguments: [(9_999, 2), (10_000, 1)])
    func session(milliseconds: Int, members: Int) {
        var group = TestGroup.stable(["a", "b"])
        _ = group.heartbeat("a")
        group.advance(by: 5_000)
        _ = group.heartbeat("a")
        group.advance(by: milliseconds - 5_000)
        #expect(group.group.memberCount == members)
        #expect(group.heartbeat("a") == (members == 1 ? .rebalanceInProgress : .noError))
    }

    @Test("heartbeats keep a session for ever")
    func alive() {
        var group = TestGroup.stable(["a"])
        for _ in 0..<1_000 {
            group.advance(by: 9_999)
            #expect(group.heartbeat("a") == .noError)
        }
    }

    @Test("who waits for others to join is not dropped for silence")
    func waitingIsAlive() {
        var group = TestGroup.stable(["a", "b"])
        let request = group.join(new: "c")
        for _ in 0..<8 {
            group.advance(by: 5_000)
            _ = group.heartbeat("a")
            _ = group.heartbeat("b")
        }
        #expect(group.group.memberCount == 3)
        _ = group.join(TestGroup.request("a"))
        _ = group.join(TestGroup.request("b"))
        #expect(group.place(request)?.generation == 2)
    }

    @Test("a heartbeat is answered by the state of the group")
    func heartbeats() {
        var group = TestGroup()
        #expect(group.heartbeat("a") == .unknownMemberID)
        _ = group.join(new: "a")
        #expect(group.heartbeat("a") == .rebalanceInProgress)
        group.advance(by: 200)
        #expect(group.heartbeat("a") == .noError)
        #expect(group.heartbeat("a", generation: 0) == .illegalGeneration)
        #expect(group.heartbeat("b") == .unknownMemberID)
        _ = group.sync("a")
        #expect(group.heartbeat("a") == .noError)
    }

    @Test("who leaves is gone at once, and the others are told to join")
    func leaving() {
        var group = TestGroup.stable(["a", "b"])
        #expect(group.leave("b", "x") == [.noError, .unknownMemberID])
        #expect(group.heartbeat("b") == .unknownMemberID)
        #expect(group.heartbeat("a") == .rebalanceInProgress)
        let request = group.join(TestGroup.request("a"))
        #expect(group.place(request)?.generation == 2)
    }

    @Test("when the last one leaves the group is empty, in a new generation")
    func lastLeaves() {
        var group = TestGroup.stable(["a", "b"])
        #expect(group.leave("a", "b") == [.noError, .noError])
        #expect(group.group.phase == .empty)
        #expect(group.group.generation == 2)
        #expect(group.group.bytes == 0)
        #expect(group.group.wake == nil || group.group.tickIsIdle)
    }

    @Test("what a leaving member waits for is answered")
    func leavingWhileWaiting() {
        var group = TestGroup.stable(["a", "b"])
        let join = group.join(TestGroup.request("b", metadata: "more"))
        _ = group.leave("b")
        #expect(group.joins[join] == .refused(.unknownMemberID, memberID: "b"))
        _ = group.join(TestGroup.request("a"))
        _ = group.join(TestGroup.request(fresh: "c"))
        _ = group.join(TestGroup.request("a"))
        let sync = group.sync("c")
        _ = group.leave("c")
        #expect(group.syncs[sync] == .refused(.unknownMemberID))
    }

    @Test("an id that was told is given back by leaving")
    func leavingWithToldID() {
        var group = TestGroup()
        _ = group.join(TestGroup.request(fresh: "a", isMemberIDRequired: true))
        #expect(!group.group.isAbandoned)
        #expect(group.leave("a") == [.noError])
        #expect(group.group.isAbandoned)
    }

    @Test("a new member whose connection closes before it learned its id is gone at once")
    func abandonedNew() {
        var group = TestGroup.stable(["a"])
        let request = group.join(new: "b")
        group.abandon(request)
        #expect(group.group.memberCount == 1)
        group.advance(by: 9_000)
        let again = group.join(TestGroup.request("a"))
        #expect(group.place(again)?.members.map(\.memberID) == ["a"])
        #expect(group.joins[request] == nil)
    }

    @Test("a member whose connection closes while it waits has its session timeout to come back")
    func abandonedKnown() {
        var group = TestGroup.stable(["a", "b"])
        let request = group.join(TestGroup.request("b", metadata: "more"))
        group.advance(by: 3_000)
        _ = group.heartbeat("a")
        group.abandon(request)
        let early = group.join(TestGroup.request("a"))
        #expect(group.joins[early] == nil)
        group.advance(by: 9_999)
        #expect(group.joins[early] == nil)
        group.advance(by: 1)
        #expect(group.place(early)?.members.map(\.memberID) == ["a"])
        #expect(group.joins[request] == nil)
    }

    @Test("a share that nobody waits for any more is fetched again")
    func abandonedSync() {
        var group = TestGroup()
        _ = group.join(new: "a")
        _ = group.join(new: "b")
        group.advance(by: 200)
        let request = group.sync("b")
        group.abandon(request)
        _ = group.sync("a", ["b": "B"])
        #expect(group.syncs[request] == nil)
        let again = group.sync("b")
        #expect(group.syncs[again] == .assigned(ByteBuffer(string: "B")))
    }

    @Test("commits come from members of the generation, or from nobody while the group is empty")
    func commits() {
        var group = TestGroup()
        #expect(group.checkCommit("", generation: -1) == .noError)
        #expect(group.checkCommit("a", generation: -1) == .unknownMemberID)
        #expect(group.checkCommit("a", generation: 1) == .unknownMemberID)
        _ = group.join(new: "a")
        #expect(group.checkCommit("", generation: -1) == .unknownMemberID)
        group.advance(by: 200)
        #expect(group.checkCommit("a") == .rebalanceInProgress)
        _ = group.sync("a")
        #expect(group.checkCommit("a") == .noError)
        #expect(group.checkCommit("a", generation: 0) == .illegalGeneration)
        _ = group.join(new: "b")
        #expect(group.checkCommit("a") == .noError)
    }

    @Test("a commit shows that the member is alive")
    func commitIsAlive() {
        var group = TestGroup.stable(["a"])
        group.advance(by: 9_000)
        #expect(group.checkCommit("a") == .noError)
        group.advance(by: 9_000)
        #expect(group.heartbeat("a") == .noError)
    }

    @Test("a rebalance timeout of none is the session timeout")
    func rebalanceTimeoutOfNone() {
        var group = TestGroup()
        let request = group.join(TestGroup.request(fresh: "a", session: 6_000, rebalance: 0))
        group.advance(by: 200)
        #expect(group.place(request) != nil)
        #expect(group.group.phase == .completingRebalance(deadline: .milliseconds(6_200)))
    }

    @Test("a group of 1,000 members comes together, lives for a minute and takes no more")
    func thousandMembers() {
        let names = (0..<1_000).map { "m\($0)" }
        var group = TestGroup.stable(names)
        #expect(group.group.phase == .stable(syncDeadline: nil))
        #expect(group.repeatedAnswers == 0)
        for _ in 0..<20 {
            group.advance(by: 3_000)
            #expect(names.allSatisfy { group.heartbeat($0) == .noError })
        }
        let refused = group.join(new: "one more")
        #expect(group.joins[refused] == .refused(.groupMaxSizeReached, memberID: ""))
        #expect(group.leave("m0") == [.noError])
        let requests = names.dropFirst().map { group.join(TestGroup.request($0)) }
        #expect(requests.allSatisfy { group.place($0)?.generation == 2 })
        #expect(group.place(requests[0])?.members.count == 999)
    }

    @Test("generations begin again at 1 after the largest")
    func generationWraps() {
        var group = ConsumerGroup(id: "g", generation: .max, limits: GroupLimits())
        _ = group.join(GroupRequestID(1), TestGroup.request(fresh: "a"), at: .zero)
        _ = group.tick(at: .milliseconds(200))
        #expect(group.generation == 1)
    }
}

extension ConsumerGroup {
    /// Whether a tick at the time the group asked for changes nothing.
    fileprivate var tickIsIdle: Bool {
        var copy = self
        return self.wake.map { copy.tick(at: $0).isEmpty && copy.wake == nil } ?? true
    }
}
