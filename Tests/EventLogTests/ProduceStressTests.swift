import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite("Producers, appenders and consumers of partitions at the same time, issue 4", .timeLimit(.minutes(2)))
struct ProduceStressTests {
    @Test("every numbered batch is stored once, in its producer's order, and every consumer sees the same")
    func together() async throws {
        let folder = try TemporaryFolder()
        let log = try EventLog(
            configuration: EventLog.Configuration(
                directory: folder.path,
                segmentBytesMax: 1 << 20,
                pendingBytesMax: 20_000
            ),
            logger: quietLogger
        )
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 3, segmentBytesMax: 60_000)
        let done = Flag()
        try await withThrowingTaskGroup(of: [[SeenRecord]].self) { group in
            for _ in 0..<3 {
                group.addTask { try await self.consume(topic, until: done) }
            }
            try await withThrowingTaskGroup(of: Void.self) { writers in
                for producer in 0..<4 {
                    writers.addTask { try await self.produce(topic, Int64(producer)) }
                }
                writers.addTask {
                    for number in 0..<150 { try await topic.append(values: ["appended \(number)"], key: "\(number)") }
                }
                try await writers.waitForAll()
            }
            done.isSet.store(true, ordering: .releasing)
            let whole = try (0..<3).map { try topic.consume($0) }
            let count = whole.reduce(0) { $0 + $1.count }
            #expect(count == 1_590)
            for records in whole {
                #expect(records.map(\.offset) == Array(0..<Int64(records.count)))
                for producer in 0..<4 {
                    let own = records.map(\.value).filter { $0.hasPrefix("\(producer)/") }
                    let expected = (0..<120).map { "\(producer)/\($0)" }
                    #expect(own == expected)
                }
            }
            for try await seen in group { #expect(seen == whole) }
        }
        #expect(topic.end.segment > 0)
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// Sixty batches for each partition, five in flight, every one sent twice.
    private func produce(_ topic: LogTopic, _ producer: Int64) async throws {
        for first in stride(from: 0, to: 60, by: 5) {
            let answers = Answers()
            for number in first..<(first + 5) {
                let fixture = BatchFixture(
                    values: ["\(producer)/\(number * 2)", "\(producer)/\(number * 2 + 1)"],
                    producerID: producer,
                    producerEpoch: 0,
                    baseSequence: Int32(number * 2)
                )
                let batches = try (0..<3).map { try checked(fixture, partition: $0) }
                topic.produce(batches, then: answers.callback)
                topic.produce(batches, then: answers.callback)
            }
            for _ in 0..<10 {
                for outcome in await answers.next() {
                    if case .refused(let refusal) = outcome { Issue.record("\(refusal)") }
                }
            }
        }
    }

    private func consume(_ topic: LogTopic, until done: Flag) async throws -> [[SeenRecord]] {
        var seen: [[SeenRecord]] = [[], [], []]
        while true {
            let isLast = done.isSet.load(ordering: .acquiring)
            for partition in 0..<3 {
                seen[partition] += try topic.consume(partition, from: Int64(seen[partition].count), maxBytes: 2_000)
            }
            if isLast { return seen }
            await Task.yield()
        }
    }
}
