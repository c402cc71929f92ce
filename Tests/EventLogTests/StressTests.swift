import EventLog
import Foundation
import LogFormat
import NIOCore
import Synchronization
import TelemetryModel
import Testing

@Suite("The log on the real file system")
struct StressTests {
    private func configuration(_ folder: TemporaryFolder, segmentBytesMax: Int = 300_000) -> EventLog.Configuration {
        EventLog.Configuration(
            directory: folder.path + "/log",
            segmentBytesMax: segmentBytesMax,
            pendingBytesMax: 200_000,
            batchBytesMax: 20_000
        )
    }

    /// Appends `count` records of its own partition from a thread's point of view: submit, and when held back wait.
    private func appendAll(_ topic: LogTopic, name: String, count: Int) async {
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        let template = RecordTemplate(key: Array(name.utf8), partition: topic.partition(forKey: name.utf8))
        var ticket: UInt64 = 0
        var synced: UInt64 = 0
        for number in 0..<count {
            appender.stage(
                template,
                value: ByteBuffer(string: "\(name) \(number) " + String(repeating: "x", count: 200))
            )
            guard appender.stagedCount == 20 || number == count - 1 else { continue }
            while true {
                let result = appender.submit()
                if case .accepted(let accepted) = result {
                    ticket = accepted
                    break
                }
                #expect(result == .refused(.backedUp))
                synced = max(synced, await notices.next()?.ticket ?? 0)
            }
        }
        while synced < ticket { synced = max(synced, await notices.next()?.ticket ?? 0) }
    }

    @Test(
        "many appenders and readers at once: every record once, in its appender's order, for every reader",
        .timeLimit(.minutes(1))
    )
    func concurrent() async throws {
        let folder = try TemporaryFolder()
        let configuration = self.configuration(folder)
        let log = try EventLog(configuration: configuration, logger: quietLogger)
        let topic = try log.openTopic("t", partitions: 4)
        let start = topic.end
        let appenderCount = 8
        let each = 1_500
        let readers = try await withThrowingTaskGroup(of: [SeenRecord].self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var position = start
                    var seen: [SeenRecord] = []
                    while seen.count < appenderCount * each {
                        await topic.waitForRecords(after: position)
                        let result = try topic.read(from: position, maxBytes: 30_000)
                        for batch in result.batches {
                            seen += try batch.records.map {
                                let value = String(buffer: $0.value)
                                return SeenRecord(partition: batch.partition, offset: $0.offset, value: value)
                            }
                        }
                        position = result.next
                    }
                    return seen
                }
            }
            for number in 0..<appenderCount {
                group.addTask {
                    await self.appendAll(topic, name: "dev-\(number)", count: each)
                    return []
                }
            }
            var results: [[SeenRecord]] = []
            for try await result in group where !result.isEmpty { results.append(result) }
            return results
        }
        #expect(readers.count == 3)
        for seen in readers {
            #expect(seen == readers[0])
            #expect(Set(seen).count == appenderCount * each)
            var next: [String: Int] = [:]
            var offsets = [Int64](repeating: 0, count: 4)
            for record in seen {
                let parts = record.value.split(separator: " ")
                let name = String(parts[0])
                #expect(Int(parts[1]) == next[name, default: 0])
                next[name, default: 0] += 1
                #expect(record.offset == offsets[record.partition])
                offsets[record.partition] += 1
            }
        }
        #expect(topic.commitCount < appenderCount * each, "records share commits")
        #expect(topic.end.segment > 3)
        log.close()

        let reopened = try EventLog(configuration: configuration, logger: quietLogger)
        #expect(try reopened.openTopic("t").allRecords(maxBytes: 100_000) == readers[0])
        reopened.close()
    }

    @Test("a folder that another log has open is refused, and free after closing")
    func locked() throws {
        let folder = try TemporaryFolder()
        let configuration = self.configuration(folder)
        let log = try EventLog(configuration: configuration, logger: quietLogger)
        #expect(throws: EventLogError.inUse(directory: configuration.directory)) {
            try EventLog(configuration: configuration, logger: quietLogger)
        }
        log.close()
        try EventLog(configuration: configuration, logger: quietLogger).close()
    }

    @Test("a log that is dropped without closing ends its threads and frees its folder")
    func dropped() async throws {
        let folder = try TemporaryFolder()
        let configuration = self.configuration(folder)
        do {
            let log = try EventLog(configuration: configuration, logger: quietLogger)
            try await log.openTopic("t").append(values: ["a"])
        }
        let log = try EventLog(configuration: configuration, logger: quietLogger)
        #expect(try log.openTopic("t").allRecords().map(\.value) == ["a"])
        log.close()
    }

    @Test("a folder that cannot be made or used is named in the error")
    func unusable() throws {
        let folder = try TemporaryFolder()
        var configuration = self.configuration(folder)
        configuration.directory = folder.path + "/no/such/parent"
        #expect {
            try EventLog(configuration: configuration, logger: quietLogger)
        } throws: { error in
            "\(error)".contains("mkdir \(configuration.directory): No such file or directory")
        }
        configuration.directory = folder.path + "/file"
        try Data().write(to: URL(filePath: configuration.directory))
        #expect {
            try EventLog(configuration: configuration, logger: quietLogger)
        } throws: { error in
            "\(error)".contains(configuration.directory)
        }
    }

    @Test("a write to a device without room fails as a full disk does")
    func devFull() throws {
        let file = try PosixLogFiles().open("/dev/full", .readWrite)
        let bytes: [UInt8] = [1, 2, 3]
        #expect {
            try bytes.withUnsafeBytes { try file.write([$0], at: 0) }
        } throws: { error in
            (error as? LogFileError)?.isDiskFull == true
        }
    }

    @Test("more pieces than one call to the system takes are all written, in order")
    func manyPieces() throws {
        let folder = try TemporaryFolder()
        let file = try PosixLogFiles().open(folder.path + "/f", .create)
        let pieces = (0..<2_500).map { [UInt8](repeating: UInt8($0 % 251), count: $0 % 7) }
        let all = pieces.flatMap { $0 }
        let memory = all.withUnsafeBytes { raw -> [UInt8] in
            var start = 0
            let buffers = pieces.map { piece in
                defer { start += piece.count }
                return UnsafeRawBufferPointer(rebasing: raw[start..<(start + piece.count)])
            }
            #expect(throws: Never.self) { try file.write(buffers, at: 3) }
            return [UInt8](unsafeUninitializedCapacity: all.count + 10) { room, count in
                count = (try? file.read(into: UnsafeMutableRawBufferPointer(room), at: 0)) ?? 0
            }
        }
        #expect(memory == [0, 0, 0] + all)
    }
}
