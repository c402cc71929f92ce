import EventLog
import FoundationEssentials
import Testing

@testable import weir

@Suite("weir backup, restore and doctor")
struct BackupCommandTests {
    private static func fill(_ gateway: GatewayFixture) async throws {
        for (name, count) in [("telemetry", 300), ("alerts", 3), ("_mqtt", 5)] {
            let topic = try gateway.log.openTopic(name, partitions: 2)
            for number in 0..<count {
                _ = try await topic.append([NewRecord(key: [UInt8(number % 5)], value: Array("\(number)".utf8))])
            }
        }
        _ = await gateway.weir("device", "create", "pump-7")
    }

    private static func flip(_ path: String, at byte: Int) throws {
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        bytes[byte] ^= 0x10
        try Data(bytes).write(to: URL(filePath: path))
    }

    @Test("what was backed up is restored byte for byte and checked; a second restore does not overwrite it")
    func roundTrip() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.fill(gateway)
            let archive = "\(gateway.folder)-backup.tar"
            let target = "\(gateway.folder)-restored"
            defer { for path in [archive, target] { try? FileManager.default.removeItem(atPath: path) } }
            let made = await gateway.weir("backup", archive)
            #expect(made.status == 0, "\(made.error)")
            #expect(made.output.contains("holds private keys"), "\(made.output)")
            let twice = await gateway.weir("backup", archive)
            #expect(twice.status == 1 && twice.error.contains("exists already"), "\(twice.error)")

            let restored = await GatewayFixture.weir(["restore", archive, "--data", target])
            #expect(restored.status == 0, "\(restored.error)")
            #expect(restored.output.contains("308 records"), "\(restored.output)")
            #expect(FileManager.default.fileExists(atPath: "\(target)/registry.sqlite"))
            let keys = try Data(contentsOf: URL(filePath: "\(target)/credentials.json"))
            #expect(try keys == Data(contentsOf: URL(filePath: "\(gateway.folder)/credentials.json")))
            #expect(!FileManager.default.fileExists(atPath: "\(target)/endpoints.json"))

            let again = await GatewayFixture.weir(["restore", archive, "--data", target])
            #expect(again.status == 1 && again.error.contains("is there and not empty"), "\(again.error)")

            let doctor = await GatewayFixture.weir(["doctor", "log", "--data", target])
            #expect(doctor.status == 0, "\(doctor.error)")
            #expect(doctor.lines.last == "every checksum is right: 3 topics, 308 records", "\(doctor.output)")
            #expect(doctor.lines.contains { $0.hasPrefix("✓ telemetry     1 segment, 300 batches, 300 records") })
        }
    }

    @Test("an archive that was cut or changed anywhere is refused, and nothing is left of it")
    func damagedArchive() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.fill(gateway)
            let archive = "\(gateway.folder)/backup.tar"
            _ = await gateway.weir("backup", archive)
            let bytes = Array(try Data(contentsOf: URL(filePath: archive)))
            let target = "\(gateway.folder)/restored"
            for length in stride(from: 0, to: bytes.count - 1_024, by: max(1, bytes.count / 40)) {
                try Data(bytes[..<length]).write(to: URL(filePath: archive))
                let outcome = await GatewayFixture.weir(["restore", archive, "--data", target])
                #expect(outcome.status == 1 && outcome.error.hasPrefix("weir: "), "cut at \(length): \(outcome)")
            }
            var refused = 0
            for index in stride(from: 3, to: bytes.count, by: max(1, bytes.count / 40)) {
                var changed = bytes
                changed[index] ^= 0x04
                try Data(changed).write(to: URL(filePath: archive))
                let outcome = await GatewayFixture.weir(["restore", archive, "--data", target])
                if outcome.status == 0 {
                    // What fills a block is nobody's.
                    try FileManager.default.removeItem(atPath: target)
                } else {
                    refused += 1
                }
            }
            #expect(refused >= 20)
            let left = try FileManager.default.contentsOfDirectory(atPath: gateway.folder)
            #expect(!left.contains { $0.hasPrefix("restored") }, "\(left)")
        }
    }

    @Test("a damaged log is found through the gateway and on the folder, with its file and byte and status 1")
    func doctor() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.fill(gateway)
            let good = await gateway.weir("doctor", "log")
            #expect(good.status == 0, "\(good.error)")
            #expect(good.lines.last == "every checksum is right: 3 topics, 308 records")
            try Self.flip("\(gateway.folder)/log/telemetry/00000000000000000000.log", at: 500)
            let running = await gateway.weir("doctor", "log")
            #expect(running.status == 1)
            #expect(running.lines.contains { $0.hasPrefix("✗ telemetry") }, "\(running.output)")
            #expect(running.output.contains("    00000000000000000000.log, byte "), "\(running.output)")
            #expect(running.output.contains("1 fault in 1 of 3 topics"))
            let json = await gateway.weir("doctor", "log", "--topic", "alerts", "--json")
            #expect(json.status == 0 && json.lines.count == 1, "\(json.output)")
            #expect(json.output.contains(#""faults":[]"#), "\(json.output)")

            let inUse = await GatewayFixture.weir(["doctor", "log", "--data", "\(gateway.folder)/none"])
            #expect(inUse.status == 1 && inUse.error.contains("none"), "\(inUse.error)")
        }
    }

    @Test("without --data or a folder there is a sentence, not a trap")
    func nothing() async {
        let outcome = await GatewayFixture.weir(["doctor", "log", "--data", "/nonexistent"])
        #expect(outcome.status == 1 && outcome.error.contains("no endpoints.json in /nonexistent"), "\(outcome.error)")
        let archive = await GatewayFixture.weir(["restore", "/nonexistent.tar", "--data", "/tmp/weir-none"])
        #expect(archive.status == 1 && archive.error.contains("cannot be opened"), "\(archive.error)")
    }
}
