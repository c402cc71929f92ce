import AsyncHTTPClient
import BackupFormat
import DeviceRegistry
import EventLog
import FoundationEssentials
import GatewayAPI
import LogFormat
import NIOCore
import NIOHTTP1
import TelemetryModel
import Testing

@Suite("Backups over HTTP")
struct BackupRoutesTests {
    /// The files of an archive, in order.
    private static func entries(_ archive: [UInt8]) throws -> [(header: TarHeader, contents: [UInt8])] {
        var entries: [(TarHeader, [UInt8])] = []
        var index = 0
        while let header = try TarHeader(reading: Array(archive[index..<(index + 512)])) {
            index += 512
            entries.append((header, Array(archive[index..<(index + Int(header.size))])))
            index += Int(header.size) + TarHeader.padding(after: header.size)
        }
        #expect(archive.count == index + 1_024, "two blocks of zeros end it")
        return entries
    }

    private static func backup(_ api: APIFixture) async throws -> [UInt8] {
        let response = try await api.open(.GET, "/backup?api-version=2021-04-12")
        #expect(response.status == .ok)
        let body = try await response.body.collect(upTo: 64 << 20)
        return Array(body.readableBytesView)
    }

    @Test(
        "checkpoint, hidden topics, topics, producer ids, registry and its events are in this order, the manifest is last"
    )
    func order() async throws {
        try await APIFixture.run { api in
            for name in ["streams", "kafka"] {
                try FileManager.default.createDirectory(
                    atPath: "\(api.folder)/\(name)",
                    withIntermediateDirectories: true
                )
            }
            for name in [
                "streams/default.checkpoint", "kafka/cluster.state", "credentials.json", "endpoints.json", "lock",
            ] {
                try Data("\(name) contents".utf8).write(to: URL(filePath: "\(api.folder)/\(name)"))
            }
            for name in ["telemetry", "_mqtt", "alerts", "twin-changes"] {
                _ = try await api.log.openTopic(name, partitions: 1).append([
                    NewRecord(key: [1], value: Array(name.utf8))
                ])
            }
            let device = try #require(IdentityID(device: "pump"))
            _ = try api.identities.apply(.create(DeviceIdentity(id: device)), author: "policy:test")
            let entries = try Self.entries(try await Self.backup(api))
            let names = entries.map(\.header.name)
            #expect(
                names.filter { ($0.hasSuffix(".log") || !$0.hasPrefix("log/")) && !$0.hasPrefix("hub-log/") } == [
                    "credentials.json", "streams/default.checkpoint", "log/_mqtt/00000000000000000000.log",
                    "log/alerts/00000000000000000000.log", "log/telemetry/00000000000000000000.log",
                    "kafka/cluster.state", "registry.sqlite", "log/twin-changes/00000000000000000000.log",
                    "weir-backup.txt",
                ]
            )
            #expect(!names.contains { $0.hasSuffix("clean.mark") })
            let last = try #require(entries.last)
            let manifest = try #require(BackupManifest(reading: last.contents))
            #expect(manifest.files.map(\.path) == names.dropLast())
            for (file, entry) in zip(manifest.files, entries) {
                #expect(file.bytes == UInt64(entry.contents.count))
                #expect(file.checksum == CRC32C.checksum(entry.contents))
            }
            #expect(entries[0].contents == Array("credentials.json contents".utf8))

            // The registry's copy is a registry.
            let path = "\(api.folder)/copy.sqlite"
            try Data(try #require(entries.first { $0.header.name == "registry.sqlite" }).contents)
                .write(to: URL(filePath: path))
            let copy = try SQLiteIdentityStore(path: path) { APIFixture.noon }
            #expect(try copy.identity(device) != nil)
            copy.close()
            let left = try FileManager.default.contentsOfDirectory(atPath: api.folder)
            #expect(!left.contains { $0.hasPrefix("backup-") }, "\(left)")
        }
    }

    @Test("a log restored from the archive holds every record acknowledged before, while records keep coming")
    func whileWriting() async throws {
        try await APIFixture.run { api in
            let topic = try api.log.openTopic("telemetry", partitions: 2)
            let writer = Task {
                var count = 0
                while !Task.isCancelled {
                    _ = try await topic.append([NewRecord(key: [UInt8(count % 7)], value: Array("\(count)".utf8))])
                    count += 1
                }
                return count
            }
            while topic.recordCount < 50 { try await Task.sleep(for: .milliseconds(1)) }
            let before = topic.endOffsets
            let entries = try Self.entries(try await Self.backup(api))
            writer.cancel()
            let after = try await writer.value
            let copy = "\(api.folder)/copy"
            try FileManager.default.createDirectory(atPath: "\(copy)/telemetry", withIntermediateDirectories: true)
            for (header, contents) in entries where header.name.hasPrefix("log/telemetry/") {
                try Data(contents).write(to: URL(filePath: "\(copy)/\(header.name.dropFirst(4))"))
            }
            let log = try EventLog(
                configuration: EventLog.Configuration(directory: copy),
                logger: APIFixture.quietLogger
            )
            defer { log.close() }
            let restored = try log.openTopic("telemetry")
            #expect(zip(restored.endOffsets, before).allSatisfy { $0 >= $1 })
            #expect(restored.recordCount <= Int64(after))
        }
    }

    @Test("the copy that a killed gateway has left is not in the archive; an operator's files named alike are")
    func leftCopy() async throws {
        try await APIFixture.run { api in
            try FileManager.default.createDirectory(atPath: "\(api.folder)/tls", withIntermediateDirectories: true)
            for name in ["backup-4f.sqlite", "backup-4f.sqlite-wal", "backup-office.txt", "tls/backup-ca.pem"] {
                try Data(name.utf8).write(to: URL(filePath: "\(api.folder)/\(name)"))
            }
            let names = try Self.entries(try await Self.backup(api)).map(\.header.name)
            #expect(names.filter { $0.contains("backup-") } == ["backup-office.txt", "tls/backup-ca.pem"])
        }
    }

    @Test("a topic deleted before the backup is not in it, not in part either")
    func deletedTopic() async throws {
        try await APIFixture.run { api in
            for name in ["telemetry", "mine"] {
                _ = try await api.log.openTopic(name, partitions: 1).append([NewRecord(key: [1], value: [2])])
            }
            try api.log.deleteTopic("mine")
            let names = try Self.entries(try await Self.backup(api)).map(\.header.name)
            #expect(!names.contains { $0.hasPrefix("log/mine/") }, "\(names)")
        }
    }

    @Test("a gateway without a data folder says that it has no backups")
    func noFolder() async throws {
        try await APIFixture.run(\.dataFolder, nil) { api in
            let answer = try await api.send(.GET, "/backup?api-version=2021-04-12")
            #expect(answer.status == 503 && answer.body.contains("no data folder"), "\(answer.body)")
        }
    }
}
