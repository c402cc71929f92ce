import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import TelemetryModel
import Testing

@Suite("Starting at an append time in a topic that keeps its producers' times")
struct AppendTimeSearchTests {
    /// When each record was appended; its producer says that it is old.
    private static let times: [Int64] = [1_000, 5_000, 6_000, 7_000]

    private func open(_ disk: SimulatedDisk, _ clock: ManualClock) throws -> (EventLog, LogTopic) {
        let log = try makeLog(disk, clock: clock, segmentBytesMax: 10 << 20)
        return (log, try log.openTopic("t", partitions: 1))
    }

    /// The first letters of the values found from every time on; each must have all that was appended then or later.
    private func check(_ topic: LogTopic, _ comment: Comment) throws {
        for (time, first) in [(Int64(0), 0), (1_000, 0), (1_001, 1), (5_000, 1), (5_500, 2), (6_500, 3)] {
            let start = try topic.position(at: .time(Timestamp(milliseconds: time)))
            let found = try topic.allRecords(from: start, maxBytes: 1 << 20).map(\.value.first)
            let wanted = ["0", "1", "2", "3"][first...].map(\.first)
            #expect(Array(found.suffix(wanted.count)) == wanted, comment)
        }
    }

    @Test("skips nothing that was appended then or later: while it runs, after a kill, and in sealed segments")
    func nothingSkipped() async throws {
        let (disk, clock) = (SimulatedDisk(seed: 1), ManualClock(0))
        let (log, topic) = try self.open(disk, clock)
        var settings = topic.settings
        settings.timestampType = .createTime
        try log.configureTopic("t", settings: settings)
        for (number, time) in AppendTimeSearchTests.times.enumerated() {
            clock.set(time)
            let value = "\(number)" + String(repeating: "v", count: 70_000)
            if number == 0 {
                try await topic.append(values: [value])
            } else {
                _ = try await topic.produce(BatchFixture(values: [value], baseTimestamp: 10))
            }
        }
        try self.check(topic, "while it runs")
        let killed = disk.afterKill()
        log.close()
        let (second, again) = try self.open(killed, clock)
        try self.check(again, "after a kill")
        settings.segmentMillisecondsMax = 1_000
        try second.configureTopic("t", settings: settings)
        clock.advance(10_000)
        try await again.append(values: ["4"])
        #expect(again.end.segment == 1)
        let sealed = killed.afterKill()
        second.close()
        sealed.remove("/log/t/00000000000000000000.index")
        let (third, last) = try self.open(sealed, clock)
        defer { third.close() }
        for (time, first) in [(Int64(5_500), "2"), (6_500, "3")] {
            let start = try last.position(at: .time(Timestamp(milliseconds: time)))
            let found = try last.allRecords(from: start, maxBytes: 1 << 20).compactMap(\.value.first).map(String.init)
            #expect(found.contains(first) && found.last == "4", "in a sealed segment without its index")
        }
    }
}
