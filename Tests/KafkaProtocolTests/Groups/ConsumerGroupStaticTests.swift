import KafkaProtocol
import NIOCore
import Testing

@Suite("static members of a consumer group, KIP-345, contracts/kafka.md §8")
struct ConsumerGroupStaticTests {
    /// Two static members, stable; `a` leads.
    private func stable() -> TestGroup {
        var group = TestGroup()
        for name in ["a", "b"] { _ = group.join(TestGroup.request(fresh: name, instance: "i-\(name)")) }
        group.advance(by: 200)
        _ = group.sync("b", instance: "i-b")
        _ = group.sync("a", instance: "i-a", ["a": "A", "b": "B"])
        return group
    }

    @Test("the same instance takes its place with a new id and no rebalance, and gets the same partitions")
    func replaced() {
        var group = self.stable()
        let request = group.join(TestGroup.request(fresh: "b2", instance: "i-b"))
        #expect(group.place(request)?.generation == 1)
        #expect(group.place(request)?.memberID == "b2")
        #expect(group.place(request)?.members == [])
        let sync = group.sync("b2", instance: "i-b")
        #expect(group.syncs[sync] == .assigned(ByteBuffer(string: "B")))
        #expect(group.heartbeat("a") == .noError)
        #expect(group.group.memberCount == 2)
    }

    @Test("a leader that comes back so does not lead until the next rebalance, and then does")
    func replacedLeader() {
        var group = self.stable()
        let request = group.join(TestGroup.request(fresh: "a2", instance: "i-a"))
        #expect(group.place(request)?.leaderID == "a")
        let sync = group.sync("a2", instance: "i-a")
        #expect(group.syncs[sync] == .assigned(ByteBuffer(string: "A")))
        _ = group.join(new: "c")
        _ = group.join(TestGroup.request("b", instance: "i-b"))
        let next = group.join(TestGroup.request("a2", instance: "i-a"))
        #expect(group.place(next)?.leaderID == "a2")
        #expect(group.place(next)?.members.map(\.memberID) == ["a2", "b", "c"])
    }

    @Test("the replaced one is fenced whatever it asks [82]")
    func fenced() {
        var group = self.stable()
        _ = group.join(TestGroup.request(fresh: "b2", instance: "i-b"))
        #expect(group.heartbeat("b", instance: "i-b") == .fencedInstanceID)
        #expect(group.checkCommit("b", instance: "i-b") == .fencedInstanceID)
        #expect(group.leave(instance: "i-b", memberID: "b") == [.fencedInstanceID])
        let join = group.join(TestGroup.request("b", instance: "i-b"))
        #expect(group.joins[join] == .refused(.fencedInstanceID, memberID: "b"))
        let sync = group.sync("b", instance: "i-b")
        #expect(group.syncs[sync] == .refused(.fencedInstanceID))
        #expect(group.heartbeat("b") == .unknownMemberID)
    }

    @Test("what the replaced one waits for is answered as fenced")
    func fencedWhileWaiting() {
        var group = self.stable()
        let first = group.join(TestGroup.request("b", instance: "i-b", metadata: "more"))
        let second = group.join(TestGroup.request(fresh: "b2", instance: "i-b", metadata: "more"))
        #expect(group.joins[first] == .refused(.fencedInstanceID, memberID: "b"))
        _ = group.join(TestGroup.request("a", instance: "i-a"))
        #expect(group.place(second)?.generation == 2)
        let sync = group.sync("b2", instance: "i-b")
        let third = group.join(TestGroup.request(fresh: "b3", instance: "i-b"))
        #expect(group.syncs[sync] == .refused(.fencedInstanceID))
        #expect(group.joins[third] == nil)
        #expect(group.heartbeat("a", instance: "i-a") == .rebalanceInProgress)
    }

    @Test("an instance that offers something else rebalances when that changes the choice")
    func otherChoice() {
        var group = TestGroup()
        _ = group.join(TestGroup.request(fresh: "a", instance: "i-a", protocols: ["range", "sticky"]))
        group.advance(by: 200)
        _ = group.sync("a", instance: "i-a")
        let same = group.join(TestGroup.request(fresh: "a2", instance: "i-a", protocols: ["range"], metadata: "more"))
        #expect(group.place(same)?.generation == 1)
        let other = group.join(TestGroup.request(fresh: "a3", instance: "i-a", protocols: ["sticky"]))
        #expect(group.place(other)?.generation == 2)
    }

    @Test("an unknown instance with a member id is refused")
    func unknownInstance() {
        var group = self.stable()
        let request = group.join(TestGroup.request("a", instance: "other"))
        #expect(group.joins[request] == .refused(.unknownMemberID, memberID: "a"))
    }

    @Test("an instance leaves by its name alone")
    func leavesByInstance() {
        var group = self.stable()
        #expect(group.leave(instance: "i-b") == [.noError])
        #expect(group.leave(instance: "i-b") == [.unknownMemberID])
        #expect(group.group.memberCount == 1)
    }

    @Test("a static member is dropped by its session timeout only")
    func session() {
        var group = self.stable()
        group.advance(by: 9_999)
        #expect(group.group.memberCount == 2)
        _ = group.heartbeat("a", instance: "i-a")
        group.advance(by: 1)
        #expect(group.group.memberCount == 1)
        let request = group.join(TestGroup.request(fresh: "b2", instance: "i-b"))
        #expect(group.joins[request] == nil)
    }
}
