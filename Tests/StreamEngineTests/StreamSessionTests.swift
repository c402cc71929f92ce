import AnomalyDetection
import EventLog
import Logging
import Synchronization
import TestSupport
import Testing

@testable import StreamEngine

@Suite("results exactly once, over a real log", .timeLimit(.minutes(5)))
struct StreamSessionTests {
    private static let recordCount = 400

    /// What a run without any trouble makes of a workload.
    private func undisturbed(seed: UInt64) async throws -> [[[String]]] {
        let harness = try LogHarness()
        var workload = Workload(seed: seed)
        for _ in 0..<StreamSessionTests.recordCount { try await harness.append(workload.next()) }
        let session = try harness.session()
        while try await session.step() {}
        #expect(session.status.lagRecords == 0)
        #expect(session.status.counts.records == Int64(StreamSessionTests.recordCount))
        return try harness.results()
    }

    /// Appends as a crash would leave it: of each partition only a front part of the records.
    private static func torn(seed: UInt64, oneIn chance: Int) -> StreamSession.Append {
        let shared = SharedGenerator(seed)
        return { topic, records throws(EventLogError) in
            guard shared.random(below: chance) == 0 else {
                _ = try await topic.append(records)
                return
            }
            var left: [Int: Int] = [:]
            var kept: [NewRecord] = []
            for record in records {
                let partition = topic.partition(forKey: record.key ?? [])
                let room = left[partition] ?? shared.random(below: records.count + 1)
                left[partition] = room - 1
                if room > 0 { kept.append(record) }
            }
            _ = try await topic.append(kept)
            throw EventLogError.closed(topic: topic.name)
        }
    }

    @Test("killed at random points, between and inside appends, the topics hold each result once, as without a kill")
    func kills() async throws {
        var random = SeededGenerator.announced("kills")
        var recognizedCount: Int64 = 0
        for seed in [UInt64(1), 2, 3] {
            let expected = try await self.undisturbed(seed: seed)
            #expect(expected.allSatisfy { $0.joined().count > 5 })
            let harness = try LogHarness()
            var workload = Workload(seed: seed)
            var appended = 0
            var killCount = 0
            while true {
                let tearing = StreamSessionTests.torn(seed: random.next(), oneIn: 12)
                let isLast = appended == StreamSessionTests.recordCount && killCount >= 10
                let session = try harness.session(append: isLast ? nil : tearing)
                if isLast {
                    while try await session.step() {}
                    break
                }
                do throws(StreamError) {
                    for _ in 0..<Int.random(in: 1...25, using: &random) {
                        let more = min(Int.random(in: 0...8, using: &random), StreamSessionTests.recordCount - appended)
                        for _ in 0..<more { await self.append(workload.next(), harness) }
                        appended += more
                        _ = try await session.step()
                        if Int.random(in: 0..<6, using: &random) == 0 { try await session.checkpoint() }
                    }
                    // Killed while the last append is under way, or just after it.
                    if Bool.random(using: &random) { try await session.flush() }
                } catch {
                    #expect(
                        error == .log(.closed(topic: "windows")) || error == .log(.closed(topic: "alerts"))
                            || error == .log(.closed(topic: "dead-letter"))
                    )
                }
                await session.settle()
                recognizedCount += session.status.recognizedResults
                killCount += 1
                if Int.random(in: 0..<3, using: &random) == 0 { try harness.reopen() }
            }
            let results = try harness.results()
            for (found, wanted) in zip(results.joined(), expected.joined()) {
                StreamSessionTests.expectSame(found, wanted)
            }
        }
        #expect(recognizedCount > 0, "no kill left anything to recognise")
    }

    /// Reports the first difference only: the lists are long.
    private static func expectSame(_ found: [String], _ wanted: [String]) {
        let different = zip(found, wanted).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(different?.element.0 == different?.element.1, "result \(different?.offset ?? -1)")
        #expect(found.count == wanted.count)
    }

    private func append(_ record: Workload.Record, _ harness: LogHarness) async {
        await #expect(throws: Never.self) { try await harness.append(record) }
    }

    @Test("without a checkpoint everything is read again and nothing written twice")
    func noCheckpoint() async throws {
        let seed: UInt64 = 7
        let expected = try await self.undisturbed(seed: seed)
        let harness = try LogHarness()
        var workload = Workload(seed: seed)
        for _ in 0..<StreamSessionTests.recordCount { try await harness.append(workload.next()) }
        for _ in 0..<3 {
            let session = try harness.session()
            while try await session.step() {}
        }
        #expect(try harness.results() == expected)
    }

    @Test(
        "a damaged checkpoint, or one of another log, is no loss and no repetition",
        arguments: ["cut", "flipped", "empty", "other log", "other version"]
    )
    func uselessCheckpoint(kind: String) async throws {
        let seed: UInt64 = 11
        let expected = try await self.undisturbed(seed: seed)
        let harness = try LogHarness()
        var workload = Workload(seed: seed)
        for _ in 0..<200 { try await harness.append(workload.next()) }
        let first = try harness.session()
        while try await first.step() {}
        try await first.checkpoint()
        let file = try CheckpointFile(directory: harness.configuration.checkpointDirectory, stream: "telemetry")
        var bytes = try #require(try file.read())
        switch kind {
        case "cut": bytes.removeLast(9)
        case "flipped": bytes[bytes.count / 2] ^= 1
        case "empty": bytes = []
        case "other log":
            var checkpoint = try Checkpoint(bytes)
            checkpoint.input = LogPosition(segment: 99, byte: 64)
            checkpoint.outputs = checkpoint.outputs.map { _ in LogPosition(segment: 99, byte: 64) }
            checkpoint.nextOffsets = checkpoint.nextOffsets.map { $0 + 1_000_000 }
            bytes = checkpoint.bytes
        default:
            bytes[8] = 2
        }
        try file.replace(with: bytes)
        for _ in 200..<StreamSessionTests.recordCount { try await harness.append(workload.next()) }
        let second = try harness.session()
        while try await second.step() {}
        #expect(second.status.counts.records == Int64(StreamSessionTests.recordCount))
        #expect(try harness.results() == expected)
    }

    @Test("with other settings the stream goes on from its checkpoint and learns anew")
    func otherSettings() async throws {
        let harness = try LogHarness()
        var workload = Workload(seed: 3)
        for _ in 0..<50 { try await harness.append(workload.next()) }
        let first = try harness.session()
        while try await first.step() {}
        try await first.checkpoint()
        for _ in 0..<10 { try await harness.append(workload.next()) }
        var configuration = harness.configuration
        configuration.spikes.bandFactor = 3
        let second = try StreamSession(configuration, log: harness.log, logger: .init(label: "test"))
        #expect(second.status.series == 0)
        #expect(second.status.lagRecords == 10)
        while try await second.step() {}
        #expect(second.status.counts.records == 10)
    }

    @Test("a dead letter names the record it was, and another's dead letters are not taken for ours")
    func deadLetters() async throws {
        let harness = try LogHarness()
        let topic = try harness.log.openTopic("dead-letter")
        let header = RecordHeader(name: "weir-source", value: Array("other/telemetry/0/99/0".utf8))
        _ = try await topic.append([NewRecord(key: Array("m".utf8), value: [1], headers: [header])])
        try await harness.append(Workload.Record(device: "m", payload: Array("oops".utf8), time: 5))
        let session = try harness.session()
        while try await session.step() {}
        let partition = try harness.log.openTopic("telemetry").partition(forKey: "m".utf8)
        let expected =
            "m 6f6f7073 weir-source=telemetry/telemetry/\(partition)/0/0,"
            + "reason=not JSON: unexpected byte 0x6f at byte 0,source-topic=telemetry,source-partition=\(partition),source-offset=0"
        #expect(try harness.records("dead-letter").joined().last == expected)
        #expect(session.status.counts.deadLetters == 1)
    }
}

/// A generator that closures of one test share.
private final class SharedGenerator: Sendable {
    private let generator: Mutex<SeededGenerator>

    init(_ seed: UInt64) {
        self.generator = Mutex(SeededGenerator(seed: seed))
    }

    func random(below limit: Int) -> Int {
        self.generator.withLock { Int.random(in: 0..<limit, using: &$0) }
    }
}
