import KafkaProtocol
import Testing

@Suite("records of _offsets that could not be appended")
struct GroupOwedTests {
    private let nobody = GroupIdentity(group: "g", generation: -1, memberID: "")
    private let place = TopicPartition(topic: "telemetry", partition: 0)
    private let now = GroupTime(uptime: .zero, wallMilliseconds: 1_795_000_000_000)

    private var deletion: GroupRecord {
        GroupRecord(key: GroupRecordKey.offset(group: "g", self.place).bytes, value: [])
    }

    private func commit(_ offset: Int64, to coordinator: inout GroupCoordinator) throws -> OffsetCommit.Write {
        let item = OffsetCommit.Item(place: self.place, offset: offset, leaderEpoch: 0, metadata: "")
        return try #require(coordinator.commit(self.nobody, [item], at: self.now).outcome.write)
    }

    /// A coordinator that deleted an offset and could not say so.
    private func makeOwing(limits: GroupLimits = GroupLimits()) throws -> GroupCoordinator {
        var coordinator = GroupCoordinator(limits: limits)
        let write = try self.commit(7, to: &coordinator)
        coordinator.finishWrite(write.id, isDurable: true)
        coordinator.notStored(coordinator.deleteTopic("telemetry"))
        return coordinator
    }

    @Test("a deletion that was not stored is said again until it is")
    func again() throws {
        var coordinator = try self.makeOwing()
        for isStored in [false, false, true] {
            #expect(coordinator.owesRecords)
            let records = coordinator.takeOwed(bytesMax: .max)
            #expect(records == [self.deletion])
            #expect(!coordinator.owesRecords)
            coordinator.finishOwed(records, isStored: isStored)
        }
        #expect(!coordinator.owesRecords)
        #expect(coordinator.offsetBytes == 0)
    }

    @Test("an offset that was committed since is said instead, on its way or durable", arguments: [false, true])
    func newer(isDurable: Bool) throws {
        var coordinator = try self.makeOwing()
        let write = try self.commit(3, to: &coordinator)
        if isDurable { coordinator.finishWrite(write.id, isDurable: true) }
        #expect(coordinator.takeOwed(bytesMax: .max) == write.records)
    }

    @Test("one that was committed since and failed leaves the deletion")
    func failedSince() throws {
        var coordinator = try self.makeOwing()
        let write = try self.commit(3, to: &coordinator)
        let records = coordinator.takeOwed(bytesMax: .max)
        coordinator.finishWrite(write.id, isDurable: false)
        coordinator.finishOwed(records, isStored: false)
        #expect(coordinator.takeOwed(bytesMax: .max) == [self.deletion])
    }

    @Test("a second deletion that fails while the first is on its way is said again, too")
    func twice() throws {
        var coordinator = try self.makeOwing()
        let first = coordinator.takeOwed(bytesMax: .max)
        let write = try self.commit(3, to: &coordinator)
        coordinator.finishWrite(write.id, isDurable: true)
        coordinator.notStored(coordinator.deleteTopic("telemetry"))
        coordinator.finishOwed(first, isStored: true)
        #expect(coordinator.takeOwed(bytesMax: .max) == [self.deletion])
    }

    @Test("deletions that are owed count against the bound of offsets", arguments: [(2, false), (1, true)])
    func bound(offsetsMax: Int, isFull: Bool) throws {
        var limits = GroupLimits()
        limits.offsetBytesMax = offsetsMax * (96 + 9)
        var coordinator = try self.makeOwing(limits: limits)
        #expect(coordinator.offsetBytes == 96 + 9)
        let item = OffsetCommit.Item(place: self.place, offset: 1, leaderEpoch: 0, metadata: "")
        let outcome = coordinator.commit(self.nobody, [item], at: self.now).outcome
        #expect(outcome.errors == [isFull ? .policyViolation : .noError])
    }

    @Test("records of more groups than may be are not owed")
    func groupsBound() {
        var limits = GroupLimits()
        limits.groupsMax = 3
        var coordinator = GroupCoordinator(limits: limits)
        for number in 0..<5 {
            coordinator.notStored([GroupRecord(key: GroupRecordKey.group("g\(number)").bytes, value: [])])
        }
        #expect(coordinator.takeOwed(bytesMax: .max).count == 3)
    }

    @Test("they are said in pieces")
    func pieces() throws {
        var coordinator = GroupCoordinator()
        let items = (0..<10 as Range<Int32>).map { partition in
            OffsetCommit.Item(
                place: TopicPartition(topic: "t", partition: partition),
                offset: 1,
                leaderEpoch: 0,
                metadata: ""
            )
        }
        let outcome = coordinator.commit(self.nobody, items, at: self.now).outcome
        coordinator.finishWrite(try #require(outcome.write).id, isDurable: true)
        let deletions = coordinator.deleteTopics(besides: ["other"])
        #expect(deletions.count == 10)
        coordinator.notStored(deletions)
        var said: [GroupRecord] = []
        while coordinator.owesRecords {
            let piece = coordinator.takeOwed(bytesMax: 1)
            #expect(piece.count == 1)
            coordinator.finishOwed(piece, isStored: true)
            said += piece
        }
        #expect(Set(said.map(\.key)) == Set(deletions.map(\.key)))
        #expect(coordinator.offsetBytes == 0)
    }

    @Test("at a start the offsets in topics that are not there go, and only those")
    func unknownTopics() throws {
        var coordinator = GroupCoordinator()
        let kept = try self.commit(7, to: &coordinator)
        coordinator.finishWrite(kept.id, isDurable: true)
        #expect(coordinator.deleteTopics(besides: ["telemetry", "other"]) == [])
        #expect(coordinator.committed("g", self.place)?.offset == 7)
        #expect(coordinator.deleteTopics(besides: ["other"]) == [self.deletion])
        #expect(coordinator.committed("g", self.place) == nil)
    }
}
