import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite("topics, imports, backups and the doctor against a running gateway")
    struct OperateTests {
        @Test(
            "a topic made at run time is there after kill -9 with its settings, deleted it stays gone",
            .timeLimit(.minutes(2))
        )
        func topicLife() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let made = try await gateway.weir(
                "topic",
                "create",
                "measured",
                "--partitions",
                "3",
                "--retention",
                "36h",
                "--json"
            )
            #expect(made.contains(#""partitions":3"#), "\(made)")
            #expect(made.contains(#""retentionMilliseconds":129600000"#), "\(made)")
            _ = try await gateway.weir("topic", "create", "scrap")
            _ = try await gateway.weir("topic", "set", "telemetry", "--retention", "forever", "--segment-bytes", "1MiB")
            _ = try await gateway.weir("topic", "delete", "scrap")
            try await gateway.kill()
            try await gateway.start()
            let again = try await gateway.weir("topic", "show", "measured", "--json")
            #expect(again == made)
            let telemetry = try await gateway.weir("topic", "show", "telemetry")
            #expect(telemetry.contains("retention       forever") && telemetry.contains("segment         1.0 MiB or "))
            let gone = try await gateway.run("topic", "show", "scrap")
            #expect(gone.status == 1 && gone.errors.contains("TopicNotFound"), "\(gone.errors)")
            let own = try await gateway.run("topic", "delete", "telemetry")
            #expect(own.status == 1 && own.errors.contains("cannot be deleted"), "\(own.errors)")
            try await gateway.stop()
        }

        @Test(
            "an import that kill -9 of the gateway cuts off is repeated: every reading is there once, in order",
            .timeLimit(.minutes(4))
        )
        func importAfterKill() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            _ = try await gateway.makeDevice("pump-7")
            let count = 30_000
            let rows = (0..<count).map { "\(1_700_000_000 + $0),\($0)" }.joined(separator: "\n")
            let file = try folder.write("history.csv", "time,n\n\(rows)\n")
            for _ in 0..<3 {
                let running = try RunningProcess(
                    BuiltProgram.weir,
                    ["import", file, "--device", "pump-7", "--data", gateway.data]
                )
                let before = try await gateway.records(device: "pump-7").count
                try await Waiting.until("a part of the import", within: .seconds(60)) {
                    if running.exitStatus != nil { return true }
                    return try await gateway.records(device: "pump-7").count > before
                }
                try await gateway.kill()
                _ = try await running.exit(within: .seconds(60))
                try await gateway.start()
            }
            let summary = try await gateway.weir("import", file, "--device", "pump-7", "--json", within: .seconds(120))
            #expect(summary.contains(#""failed":0"#), "\(summary)")
            let records = try await gateway.records(device: "pump-7", within: .seconds(120))
            #expect(records.count == count)
            let isInOrder = records.enumerated().allSatisfy { index, record in
                record.body.hasSuffix(#","n":\#(index)}"#)
                    && record.applicationProperties["weir-historical"] == "true"
            }
            #expect(isInOrder, "each once, in the file's order")
            #expect(records.first?.applicationProperties["iothub-creation-time-utc"] == "2023-11-14T22:13:20.000Z")
            try await gateway.stop()
        }

        @Test(
            "a backup of a gateway under load is restored: what was acknowledged before is there, devices come back",
            .timeLimit(.minutes(4))
        )
        func backupUnderLoad() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try await gateway.makeDevice("pump-7")
            let connection = try RawDevice(device, port: gateway.ports.mqtt)
            for number in 0..<200 { try connection.publish(#"{"n":\#(number)}"#) }
            let archive = folder.file("backup.tar")
            let backup = try RunningProcess(BuiltProgram.weir, ["backup", archive, "--data", gateway.data])
            var published = 200
            while backup.exitStatus == nil {
                try connection.publish(#"{"n":\#(published)}"#)
                published += 1
            }
            let made = try await backup.exit()
            try #require(made.status == 0, "\(made.errors)")
            #expect(made.output.contains("holds private keys"))
            try await gateway.stop()

            let restored = folder.file("restored/data")
            let result = try await RunningProcess.run(
                BuiltProgram.weir,
                ["restore", archive, "--data", restored],
                within: .seconds(60)
            )
            try #require(result.status == 0, "\(result.errors)")
            try FileManager.default.removeItem(atPath: gateway.data)
            try FileManager.default.moveItem(atPath: restored, toPath: gateway.data)
            try await gateway.start()
            let bodies = try await gateway.records().map(\.body)
            #expect(bodies.count >= 200 && bodies.count <= published)
            #expect(bodies == (0..<bodies.count).map { #"{"n":\#($0)}"# })
            try RawDevice(device, port: gateway.ports.mqtt).publish(#"{"n":"after"}"#)
            #expect(try await gateway.records().last?.body == #"{"n":"after"}"#)
            try await gateway.stop()
        }

        @Test("the doctor finds a flipped byte, while the gateway runs and when it does not", .timeLimit(.minutes(2)))
        func doctor() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try RawDevice(try await gateway.makeDevice("pump-7"), port: gateway.ports.mqtt)
            for number in 0..<50 { try device.publish(#"{"n":\#(number)}"#) }
            #expect(try await gateway.weir("doctor", "log").contains("every checksum is right"))
            // Killed, not stopped: the addresses are left behind, and nobody answers there.
            try await gateway.kill()
            #expect(try await gateway.weir("doctor", "log").contains("every checksum is right"))
            try await gateway.start()
            let path = try #require(try gateway.files(ofTopic: "telemetry", suffix: ".log").first)
            var bytes = Array(try Data(contentsOf: URL(filePath: path)))
            bytes[bytes.count / 2] ^= 0x20
            let descriptor = open(path, O_WRONLY)
            try #require(descriptor >= 0)
            #expect(pwrite(descriptor, [bytes[bytes.count / 2]], 1, off_t(bytes.count / 2)) == 1)
            close(descriptor)
            let running = try await gateway.run("doctor", "log")
            #expect(running.status == 1)
            #expect(running.output.contains("✗ telemetry"), "\(running.output)")
            #expect(running.output.contains("✓ lifecycle"), "\(running.output)")
            try await gateway.kill()
            let offline = try await gateway.run("doctor", "log", "--json", "--topic", "telemetry")
            #expect(offline.status == 1)
            #expect(offline.output.contains(#""file":"00000000000000000000.log""#), "\(offline.output)")
        }

        @Test(
            "a topic that a failed sync has fenced is reopened by the operator without a restart, nothing acknowledged is lost",
            .enabled(if: ExternalProgram.isInstalled(FailingDisk.compiler), "SKIPPED: cc is missing (Debian: gcc)"),
            .timeLimit(.minutes(2))
        )
        func reopen() async throws {
            let folder = try TemporaryFolder()
            let disk = try await FailingDisk(in: folder)
            let gateway = try await GatewayUnderTest(in: folder, environment: disk.environment)
            let identity = try await gateway.makeDevice("pump-7")
            let device = try RawDevice(identity, port: gateway.ports.mqtt)
            for number in 0..<3 { try device.publish(#"{"n":\#(number)}"#) }
            try disk.fail(.sync)
            try device.send(#"{"n":3}"#)
            #expect(try device.socket.receiveUntilClosed().isEmpty, "no PUBACK for what is not synced")
            let shown = try await gateway.weir("topic", "show", "telemetry")
            #expect(shown.contains("telemetry: fenced") && shown.contains("fdatasync"), "\(shown)")
            try disk.heal()
            let reopened = try await gateway.weir("topic", "reopen", "telemetry")
            #expect(reopened.hasPrefix("telemetry: open"), "\(reopened)")
            #expect(try gateway.get("/healthz").status == 200)
            try RawDevice(identity, port: gateway.ports.mqtt).publish(#"{"n":"after"}"#)
            let bodies = try await gateway.records().map(\.body)
            #expect(Array(bodies.prefix(3)) == (0..<3).map { #"{"n":\#($0)}"# } && bodies.last == #"{"n":"after"}"#)
            try await gateway.stop()
        }
    }
}
