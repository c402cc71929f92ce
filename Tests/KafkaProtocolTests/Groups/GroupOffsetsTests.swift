import Testing

@testable import KafkaProtocol

@Suite("committed offsets, contracts/kafka.md §8")
struct GroupOffsetsTests {
    private let place = TopicPartition(topic: "telemetry", partition: 2)
    private let nobody = GroupIdentity(group: "g", generation: -1, memberID: "")
    private static let day = 86_400_000

    private func time(_ milliseconds: Int) -> GroupTime {
        GroupTime(uptime: .milliseconds(milliseconds), wallMilliseconds: 1_795_000_000_000 + Int64(milliseconds))
    }

    private func item(_ offset: Int64, metadata: String = "", error: KafkaError = .noError) -> OffsetCommit.Item {
        OffsetCommit.Item(place: self.place, offset: offset, leaderEpoch: 0, metadata: metadata, error: error)
    }

    private func committed(_ offset: Int64, at milliseconds: Int) -> CommittedOffset {
        CommittedOffset(
            offset: offset,
            leaderEpoch: 0,
            metadata: "",
            stampMilliseconds: 1_795_000_000_000 + Int64(milliseconds)
        )
    }

    private func commit(
        _ items: [OffsetCommit.Item],
        to coordinator: inout GroupCoordinator,
        at now: GroupTime
    ) throws -> OffsetCommit.Write {
        let outcome = coordinator.commit(self.nobody, items, at: now).outcome
        return try #require(outcome.write)
    }

    @Test("an offset is shown once it is durable, and not before")
    func durable() throws {
        var coordinator = GroupCoordinator()
        let outcome = coordinator.commit(self.nobody, [self.item(7)], at: self.time(5)).outcome
        #expect(outcome.errors == [.noError])
        let write = try #require(outcome.write)
        #expect(
            write.records == [
                GroupRecord(
                    key: GroupRecordKey.offset(group: "g", self.place).bytes,
                    value: self.committed(7, at: 5).bytes
                )
            ]
        )
        #expect(coordinator.committed("g", self.place) == nil)
        coordinator.finishWrite(write.id, isDurable: true)
        #expect(coordinator.committed("g", self.place) == self.committed(7, at: 5))
        coordinator.finishWrite(write.id, isDurable: false)
        #expect(coordinator.committed("g").map(\.committed.offset) == [7])
        #expect(coordinator.offsetCount == 1)
    }

    @Test("a write that failed leaves what was committed before")
    func failed() throws {
        var coordinator = GroupCoordinator()
        let first = try self.commit([self.item(7)], to: &coordinator, at: self.time(0))
        coordinator.finishWrite(first.id, isDurable: true)
        let bytes = coordinator.offsetBytes
        let second = try self.commit([self.item(9)], to: &coordinator, at: self.time(1))
        #expect(coordinator.offsetBytes == 2 * bytes)
        coordinator.finishWrite(second.id, isDurable: false)
        #expect(coordinator.committed("g", self.place)?.offset == 7)
        #expect(coordinator.offsetBytes == bytes)
    }

    @Test("of two writes on their way the later one stands, in whatever order they end")
    func order() throws {
        var coordinator = GroupCoordinator()
        let first = try self.commit([self.item(7)], to: &coordinator, at: self.time(0))
        let second = try self.commit([self.item(9)], to: &coordinator, at: self.time(0))
        coordinator.finishWrite(second.id, isDurable: true)
        coordinator.finishWrite(first.id, isDurable: true)
        #expect(coordinator.committed("g", self.place)?.offset == 9)
    }

    @Test("a client may go back on purpose")
    func back() throws {
        var coordinator = GroupCoordinator()
        for offset in [9, 3] as [Int64] {
            let outcome = coordinator.commit(self.nobody, [self.item(offset)], at: self.time(0)).outcome
            coordinator.finishWrite(try #require(outcome.write).id, isDurable: true)
        }
        #expect(coordinator.committed("g", self.place)?.offset == 3)
    }

    @Test(
        "the words with an offset are at most 4,096 bytes [12]",
        arguments: [(4_096, KafkaError.noError), (4_097, .offsetMetadataTooLarge)]
    )
    func metadata(bytes: Int, error: KafkaError) {
        var coordinator = GroupCoordinator()
        let item = self.item(1, metadata: String(repeating: "x", count: bytes))
        let outcome = coordinator.commit(self.nobody, [item], at: self.time(0)).outcome
        #expect(outcome.errors == [error])
        #expect((outcome.write == nil) == (error != .noError))
    }

    @Test("items that are wrong are answered so, and the others stored")
    func someWrong() throws {
        var coordinator = GroupCoordinator()
        let items = [self.item(1, error: .unknownTopicOrPartition), self.item(5), self.item(-1)]
        let outcome = coordinator.commit(self.nobody, items, at: self.time(0)).outcome
        #expect(outcome.errors == [.unknownTopicOrPartition, .noError, .invalidRequest])
        #expect(try #require(outcome.write).records.count == 1)
    }

    @Test("all offsets together are bounded [44]")
    func bytesMax() {
        var limits = GroupLimits()
        limits.offsetBytesMax = 2 * (96 + 9)
        var coordinator = GroupCoordinator(limits: limits)
        let outcome = coordinator.commit(self.nobody, [self.item(1), self.item(2), self.item(3)], at: self.time(0))
        #expect(outcome.outcome.errors == [.noError, .noError, .policyViolation])
    }

    @Test("a member of a group that is not there has to join again [22]")
    func noGroup() {
        var coordinator = GroupCoordinator()
        let identity = GroupIdentity(group: "g", generation: 3, memberID: "a")
        let outcome = coordinator.commit(identity, [self.item(1), self.item(2)], at: self.time(0)).outcome
        #expect(outcome == OffsetCommit.Outcome(errors: [.illegalGeneration, .illegalGeneration], write: nil))
        #expect(coordinator.groupCount == 0)
    }

    @Test("the offsets of an empty group go after seven days", arguments: [(0, true), (1, false)])
    func expiry(early: Int, isGone: Bool) throws {
        var coordinator = GroupCoordinator()
        let write = try self.commit([self.item(1)], to: &coordinator, at: self.time(0))
        coordinator.finishWrite(write.id, isDurable: true)
        var actions: [GroupAction] = []
        let end = self.time(7 * Self.day - early)
        while let wake = coordinator.wake, wake <= end.uptime - .seconds(60) {
            actions += coordinator.tick(at: GroupTime(uptime: wake, wallMilliseconds: 1_795_000_000_000))
        }
        #expect(actions == [])
        actions += coordinator.tick(at: GroupTime(uptime: .seconds(604_800), wallMilliseconds: end.wallMilliseconds))
        #expect((coordinator.committed("g", self.place) == nil) == isGone)
        let gone = GroupRecord(key: GroupRecordKey.offset(group: "g", self.place).bytes, value: [])
        #expect(actions == (isGone ? [.append([gone])] : []))
        #expect(coordinator.groupCount == (isGone ? 0 : 1))
        #expect((coordinator.offsetBytes == 0) == isGone)
    }

    @Test("the days are counted from the last member's leaving")
    func expiryFromLeaving() throws {
        var coordinator = GroupCoordinator()
        let write = try self.commit([self.item(1)], to: &coordinator, at: self.time(0))
        coordinator.finishWrite(write.id, isDurable: true)
        _ = coordinator.join(GroupRequestID(1), TestGroup.request(fresh: "a"), at: self.time(10))
        _ = coordinator.leave("g", [GroupLeave.Member(memberID: "a")], at: self.time(6 * Self.day))
        _ = coordinator.tick(at: self.time(13 * Self.day - 1))
        #expect(coordinator.committed("g", self.place)?.offset == 1)
        _ = coordinator.tick(at: self.time(13 * Self.day + 60_000))
        #expect(coordinator.committed("g", self.place) == nil)
    }

    @Test("a topic's deletion takes its offsets, those on their way included")
    func deletedTopic() throws {
        var coordinator = GroupCoordinator()
        let other = OffsetCommit.Item(
            place: TopicPartition(topic: "other", partition: 0),
            offset: 1,
            leaderEpoch: -1,
            metadata: ""
        )
        let first = try #require(
            coordinator.commit(self.nobody, [self.item(1), other], at: self.time(0)).outcome.write
        )
        coordinator.finishWrite(first.id, isDurable: true)
        let second = try self.commit([self.item(2)], to: &coordinator, at: self.time(0))
        #expect(
            coordinator.deleteTopic("telemetry") == [
                GroupRecord(key: GroupRecordKey.offset(group: "g", self.place).bytes, value: [])
            ]
        )
        coordinator.finishWrite(second.id, isDurable: true)
        #expect(coordinator.committed("g").map(\.place.topic) == ["other"])
        #expect(coordinator.offsetBytes == 96 + 5)
    }

    @Test("a deleted group's write on its way brings nothing back, not into a new group of the name either")
    func deletedGroup() throws {
        var coordinator = GroupCoordinator()
        let write = try self.commit([self.item(1)], to: &coordinator, at: self.time(0))
        #expect(
            coordinator.delete("g")
                == .deleted([GroupRecord(key: GroupRecordKey.offset(group: "g", self.place).bytes, value: [])])
        )
        let again = try self.commit([self.item(5)], to: &coordinator, at: self.time(0))
        coordinator.finishWrite(write.id, isDurable: true)
        #expect(coordinator.committed("g", self.place) == nil)
        coordinator.finishWrite(again.id, isDurable: true)
        #expect(coordinator.committed("g", self.place)?.offset == 5)
    }
}
