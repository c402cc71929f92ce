import DeviceRegistry
import EventLog
import FoundationEssentials
import Testing

@testable import GatewayAPI

@Suite("What a backup holds")
struct BackupSourceTests {
    private static func openLog(in folder: String) throws -> EventLog {
        try EventLog(
            configuration: EventLog.Configuration(directory: "\(folder)/log"),
            logger: APIFixture.quietLogger
        )
    }

    @Test("a topic that could not be opened is in it as it lies there: the copy does not look whole without it")
    func damagedTopic() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "weir-backup-\(UInt64.random(in: 0 ... .max))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try Self.openLog(in: folder)
        for name in ["mine", "telemetry"] {
            _ = try await first.openTopic(name, partitions: 1).append([NewRecord(key: [1], value: [2])])
        }
        first.close()
        let foreign = Data("not ours".utf8)
        try foreign.write(to: URL(filePath: "\(folder)/log/mine/topic.meta"))

        let log = try Self.openLog(in: folder)
        defer { log.close() }
        try #require(log.failures["mine"] != nil)
        let identities = try SQLiteIdentityStore(path: "\(folder)/registry.sqlite") { APIFixture.noon }
        defer { identities.close() }
        let source = try BackupSource(folder: folder, log: log, telemetryTopic: "telemetry", identities: identities)
        let paths = source.entries.map(\.path)
        #expect(paths.contains("log/mine/00000000000000000000.log"), "\(paths)")
        #expect(paths.contains("log/telemetry/00000000000000000000.log"))
        let meta = try #require(source.entries.first { $0.path == "log/mine/topic.meta" })
        #expect(try meta.read(at: 0, count: 100) == Array(foreign))
    }
}
