import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite("a gateway that cannot start says why in one sentence and ends with status 1")
    struct StartFaultTests {
        private static let free = GatewayPorts().settings

        /// Runs `weir serve` to the end it must come to by itself.
        private static func serve(_ arguments: [String]) async throws -> RunningProcess.Result {
            try await RunningProcess.run(BuiltProgram.weir, ["serve"] + arguments, within: .seconds(30))
        }

        /// The sentence on stderr.
        private static func sentence(_ result: RunningProcess.Result, status: Int32 = 1) throws -> String {
            #expect(result.status == status, "\(result.errors)")
            #expect(!result.output.contains("ready"), "\(result.output)")
            let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("weir: ") }
            try #require(lines.count == 1, "not one sentence: \(result.errors)")
            return String(lines[0])
        }

        @Test("a port in use is named", .timeLimit(.minutes(1)), arguments: ["mqtt.port", "mqtt.tlsPort", "http.port"])
        func portInUse(key: String) async throws {
            let folder = try TemporaryFolder()
            let other = try await GatewayUnderTest(in: folder)
            let ports = [
                "mqtt.port": other.ports.mqtt, "mqtt.tlsPort": other.ports.mqtts, "http.port": other.ports.http,
            ]
            let port = try #require(ports[key])
            let own = try TemporaryFolder()
            let result = try await Self.serve(["--data", own.file("data")] + Self.free + ["--set", "\(key)=\(port)"])
            let sentence = try Self.sentence(result)
            #expect(sentence.contains("\(port)") && sentence.contains(key), "\(sentence)")
            #expect(sentence.contains("another program listens"), "\(sentence)")
            try await other.stop()
        }

        @Test("a data folder that cannot be made or written is named", .timeLimit(.minutes(1)))
        func unwritableFolder() async throws {
            let folder = try TemporaryFolder()
            let inTheWay = try folder.write("file", "not a folder")
            for path in ["/proc/weir", inTheWay, "\(inTheWay)/data"] {
                let sentence = try Self.sentence(try await Self.serve(["--data", path] + Self.free))
                #expect(sentence.contains(path), "\(sentence)")
            }
        }

        @Test("a data folder has one gateway", .timeLimit(.minutes(1)))
        func folderInUse() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let sentence = try Self.sentence(try await Self.serve(["--data", gateway.data] + Self.free))
            #expect(sentence.contains("another gateway") && sentence.contains(gateway.data), "\(sentence)")
            try RawDevice(try await gateway.makeDevice("unharmed"), port: gateway.ports.mqtt).publish("{}")
            try await gateway.stop()
        }

        @Test(
            "every fault of a configuration file is told with file, line, key, value and what was expected",
            .timeLimit(.minutes(1))
        )
        func badFile() async throws {
            let folder = try TemporaryFolder()
            let file = try folder.write("gateway.yaml", "mqtt:\n  port: 70000\n  threads: many\nhttp:\n  prot: 8080\n")
            for arguments in [["serve", "--config", file, "--data", folder.file("data")], ["check-config", file]] {
                let result = try await RunningProcess.run(BuiltProgram.weir, arguments)
                #expect(result.status == 1)
                let lines = result.errors.split(separator: "\n")
                for parts in [
                    [file, "2", "mqtt.port", "70000", "65535"], [file, "3", "mqtt.threads", "many", "64"],
                    [file, "5", "http.prot", "http.port"],
                ] {
                    #expect(
                        lines.contains { line in parts.allSatisfy { line.contains($0) } },
                        "no line has \(parts): \(result.errors)"
                    )
                }
            }
            #expect(access(folder.file("data"), F_OK) != 0, "nothing was made")
        }

        @Test("an unknown key of --set and a missing file are told", .timeLimit(.minutes(1)))
        func badArguments() async throws {
            let folder = try TemporaryFolder()
            let unknown = try Self.sentence(
                try await Self.serve(["--data", folder.file("data"), "--set", "mqtt.prot=1"])
            )
            #expect(unknown.contains("--set") && unknown.contains("mqtt.prot") && unknown.contains("mqtt.port"))
            let missing = folder.file("missing.yaml")
            let sentence = try Self.sentence(
                try await Self.serve(["--data", folder.file("data"), "--config", missing])
            )
            #expect(sentence.contains(missing), "\(sentence)")
        }

        @Test(
            "wrong use ends with status 2",
            .timeLimit(.minutes(1)),
            arguments: [
                ["serve", "--unknown"], ["no-such-command"], ["device", "create"],
                ["events", "read", "--from", "then"],
                ["demo", "--seconds", "0"],
            ]
        )
        func wrongUse(arguments: [String]) async throws {
            let result = try await RunningProcess.run(BuiltProgram.weir, arguments)
            #expect(result.status == 2)
            #expect(!result.errors.isEmpty)
        }

        @Test(
            "a disk that is full at the start is told",
            .timeLimit(.minutes(1)),
            .enabled("SKIPPED: mounting a small tmpfs needs root and unshare") {
                await ExternalProgram.works(
                    "unshare",
                    "-m",
                    "sh",
                    "-c",
                    "mount -t tmpfs -o size=64k tmpfs /mnt"
                )
            }
        )
        func fullDisk() async throws {
            let folder = try TemporaryFolder()
            // In a mount namespace of its own: the small disk goes with the process.
            let script = #"mount -t tmpfs -o size=64k tmpfs "$1" && shift && exec "$@""#
            let result = try await RunningProcess.run(
                "unshare",
                [
                    "-m", "sh", "-c", script, "sh", folder.path, BuiltProgram.weir, "serve", "--data",
                    folder.file("data"),
                ]
                    + Self.free
            )
            let sentence = try Self.sentence(result)
            #expect(sentence.contains("full"), "\(sentence)")
            #expect(sentence.contains(folder.path), "\(sentence)")
        }
    }
}
