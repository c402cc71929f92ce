import KafkaProtocol
import NIOCore
import Testing

@Suite("sharing out the partitions of a consumer group, contracts/kafka.md §8")
struct ConsumerGroupSyncTests {
    /// Two members that have joined; `a` leads.
    private func joined() -> TestGroup {
        var group = TestGroup()
        _ = group.join(new: "a")
        _ = group.join(new: "b")
        group.advance(by: 200)
        return group
    }

    @Test("SyncGroup waits for the leader's, then each member has its share")
    func shares() {
        var group = self.joined()
        let follower = group.sync("b")
        #expect(group.syncs[follower] == nil)
        let leader = group.sync("a", ["a": "0,1", "b": "2,3"])
        #expect(group.syncs[follower] == .assigned(ByteBuffer(string: "2,3")))
        #expect(group.syncs[leader] == .assigned(ByteBuffer(string: "0,1")))
        #expect(group.group.phase == .stable(syncDeadline: nil))
    }

    @Test("a member the leader gave nothing has an empty share; a stranger's share is passed over")
    func nothingGiven() {
        var group = self.joined()
        _ = group.sync("a", ["a": "0,1,2,3", "stranger": "9"])
        let follower = group.sync("b")
        #expect(group.syncs[follower] == .assigned(ByteBuffer()))
        #expect(group.group.phase == .stable(syncDeadline: .milliseconds(60_200)))
    }

    @Test("in a stable group a share is told again")
    func again() {
        var group = TestGroup.stable(["a", "b"])
        let request = group.sync("b")
        #expect(group.syncs[request] == .assigned(ByteBuffer(string: "b")))
    }

    @Test("a wrong generation, an unknown member, a running rebalance are refused")
    func refused() {
        var group = TestGroup.stable(["a"])
        let wrong = group.sync("a", generation: 2)
        #expect(group.syncs[wrong] == .refused(.illegalGeneration))
        let unknown = group.sync("x")
        #expect(group.syncs[unknown] == .refused(.unknownMemberID))
        _ = group.join(new: "b")
        let running = group.sync("a")
        #expect(group.syncs[running] == .refused(.rebalanceInProgress))
    }

    @Test("a new member while others wait for their share sends them back to join")
    func rebalanceWhileWaiting() {
        var group = self.joined()
        let waiting = group.sync("b")
        _ = group.join(new: "c")
        #expect(group.syncs[waiting] == .refused(.rebalanceInProgress))
        #expect(group.heartbeat("a") == .rebalanceInProgress)
    }

    @Test("a SyncGroup sent again is the one that counts")
    func repeated() {
        var group = self.joined()
        let first = group.sync("b")
        let second = group.sync("b")
        #expect(group.syncs[first] == .refused(.rebalanceInProgress))
        _ = group.sync("a", ["b": "B"])
        #expect(group.syncs[second] == .assigned(ByteBuffer(string: "B")))
    }

    @Test(
        "a leader that never shares out is dropped with the phase's time",
        arguments: [(59_999, false), (60_000, true)]
    )
    func silentLeader(elapsed: Int, isOver: Bool) {
        var group = self.joined()
        let waiting = group.sync("b")
        for _ in 0..<elapsed / 5_000 {
            group.advance(by: 5_000)
            _ = group.heartbeat("a")
        }
        group.advance(by: elapsed % 5_000)
        #expect(group.syncs[waiting] == (isOver ? .refused(.rebalanceInProgress) : nil))
        #expect(group.group.memberCount == (isOver ? 1 : 2))
    }

    @Test(
        "a follower that never fetches its share is dropped with the phase's time",
        arguments: [(59_999, 2), (60_000, 1)]
    )
    func silentFollower(elapsed: Int, members: Int) {
        var group = self.joined()
        _ = group.sync("a", ["a": "A", "b": "B"])
        for _ in 0..<elapsed / 5_000 {
            group.advance(by: 5_000)
            _ = group.heartbeat("a")
            _ = group.heartbeat("b")
        }
        group.advance(by: elapsed % 5_000)
        #expect(group.group.memberCount == members)
    }
}
