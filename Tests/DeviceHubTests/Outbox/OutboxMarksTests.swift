import Testing

@testable import DeviceHub

@Suite("What of the outbox is in the log already")
struct OutboxMarksTests {
    @Test("a crash may cut the partitions of one append at different events")
    func cut() {
        var marks = OutboxMarks(partitionCount: 2)
        for number in [1, 4, 5] { marks.note(Int64(number), partition: 0) }
        marks.note(2, partition: 1)
        let there = [(1, 0), (2, 1), (3, 1), (4, 0), (5, 0), (6, 0), (7, 1)].map { number, partition in
            marks.contains(Int64(number), partition: partition)
        }
        #expect(there == [true, true, false, true, true, false, false])
    }

    @Test("events are removed after a thousand, or a second after the first")
    func settling() {
        var settling = OutboxSettling()
        #expect(!settling.isDue(at: .seconds(100)))
        settling.appended(upTo: 999, count: 999, at: .seconds(1))
        #expect(!settling.isDue(at: .milliseconds(1_999)))
        #expect(settling.isDue(at: .seconds(2)))
        settling.appended(upTo: 1_000, count: 1, at: .milliseconds(1_100))
        #expect(settling.isDue(at: .milliseconds(1_100)))
        settling.settled()
        #expect(!settling.isOpen)
        #expect(settling.last == 1_000)
    }
}
