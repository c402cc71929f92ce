import EventLog
import FoundationEssentials
import LogFormat
import Logging
import NIOCore
import Testing

@testable import Gateway

@Suite("a follower of the log that needs the newest", .timeLimit(.minutes(1)))
struct TopicFollowerTests {
    private static let logger = Logger(label: "follower") { _ in SwiftLogNoOpLogHandler() }

    private static func run(_ body: (LogTopic, EventLog) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-follower-\(UUID())").path()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = try EventLog(configuration: EventLog.Configuration(directory: folder), logger: Self.logger)
        defer { log.close() }
        try await body(try log.openTopic("t", partitions: 1), log)
    }

    private static func append(_ texts: [String], to topic: LogTopic) async throws {
        for text in texts { _ = try await topic.append([NewRecord(key: nil, value: Array(text.utf8))]) }
    }

    /// A follower and what it has read.
    private struct Reader {
        var follower: TopicFollower

        /// What can be read now; `skipped` behind it when something was passed over.
        mutating func read() -> [String] {
            var texts: [String] = []
            while true {
                let outcome = self.follower.read(maxBytes: 100) { texts.append(String(buffer: $0.value)) }
                if outcome.hasSkipped { texts.append("skipped") }
                guard outcome.isBusy else { return texts }
            }
        }
    }

    @Test("it begins at the end, and reads what comes then once and in order")
    func following() async throws {
        try await Self.run { topic, _ in
            try await Self.append(["before"], to: topic)
            var reader = Reader(follower: TopicFollower(topic, logger: Self.logger))
            #expect(reader.read() == [])
            try await Self.append(["1", "2", "3"], to: topic)
            await reader.follower.wait()
            #expect(reader.read() == ["1", "2", "3"])
            #expect(reader.read() == [])
        }
    }

    @Test(
        "it begins at the first start that is near enough",
        arguments: [(UInt64.max, ["1", "2"]), (1, [])] as [(UInt64, [String])]
    )
    func start(lagBytesMax: UInt64, expected: [String]) async throws {
        try await Self.run { topic, _ in
            try await Self.append(["1", "2"], to: topic)
            let follower = TopicFollower(topic, from: [.earliest], lagBytesMax: lagBytesMax, logger: Self.logger)
            var reader = Reader(follower: follower)
            #expect(reader.read() == expected)
        }
    }

    @Test("what is too far behind is passed over, and it goes on at the end")
    func lag() async throws {
        try await Self.run { topic, _ in
            var reader = Reader(follower: TopicFollower(topic, lagBytesMax: 2_000, logger: Self.logger))
            try await Self.append(["1"], to: topic)
            #expect(reader.read() == ["1"])
            try await Self.append([String(repeating: "x", count: 3_000), "late"], to: topic)
            #expect(reader.read() == ["skipped"])
            try await Self.append(["2"], to: topic)
            #expect(reader.read() == ["2"])
        }
    }

    @Test("of a topic that is closed it reads nothing, and does not wait")
    func closed() async throws {
        try await Self.run { topic, log in
            var reader = Reader(follower: TopicFollower(topic, logger: Self.logger))
            log.close()
            await reader.follower.wait()
            #expect(reader.read() == [])
        }
    }
}
