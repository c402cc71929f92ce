import Foundation
import TestSupport
import Testing

extension GatewayIntegration {
    @Suite(
        "kill -9 during twin updates and jobs",
        .enabled("SKIPPED: .venv-test has no azure-iot-hub (make .venv-test/ready)") {
            await ExternalProgram.hasAzurePackages()
        }
    )
    struct HubKillTests {
        /// Kills in one run.
        private static let kills = 5
        /// Twin updates that must be answered.
        private static let updates = 1_000

        @Test(
            "after 5 kills every answered twin update is there, and in twin-changes exactly once and in order",
            .timeLimit(.minutes(5))
        )
        func twinUpdates() async throws {
            var random = SeededGenerator.announced("kill -9 of twin updates")
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let server = try await gateway.writeHubFile(in: folder)
            let log = try folder.write("answered", "")
            let program = try HubStatement.start("hub_twin_writers.py", [server, "\(Self.updates)", log])
            for kill in 1...Self.kills {
                let step = Int.random(in: 1...(2 * Self.updates / (Self.kills + 3)), using: &random)
                let answered = try Self.lines(of: log)
                let target = min(answered + step, Self.updates * kill / (Self.kills + 1))
                try await Waiting.until("update \(target), kill \(kill)", within: .seconds(60)) {
                    try #require(program.exitStatus == nil, "the program ended: \(program.output) \(program.errors)")
                    return try Self.lines(of: log) >= target
                }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...20_000, using: &random)))
                try await gateway.kill()
                try await gateway.start()
                let lost = try gateway.files(ofTopic: "twin-changes", suffix: ".lost")
                #expect(lost.isEmpty, "recovery cut off what had been synced, kill \(kill)")
            }
            try HubStatement.check(
                try await program.exit(within: .seconds(200)),
                [
                    "writers-end", "reports-end", "answered-updates-are-there", "changes-exactly-once-in-order",
                    "device-misses-nothing",
                ]
            )
            #expect(try Self.lines(of: log) >= Self.updates)
            try await gateway.stop()
        }

        @Test(
            "a job in the middle of its devices goes on after kill -9, and a scheduled one starts",
            .timeLimit(.minutes(4))
        )
        func jobs() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let server = try await gateway.writeHubFile(in: folder)
            let begin = try HubStatement.start("hub_clients.py", [server, "job-begun"])
            try HubStatement.check(try await begin.exit(within: .seconds(90)), ["job-begun"])
            try await gateway.kill()
            try await gateway.start()
            let end = try HubStatement.start("hub_clients.py", [server, "job-resumed"])
            try HubStatement.check(try await end.exit(within: .seconds(90)), ["job-resumed"])
            try await gateway.stop()
        }

        private static func lines(of file: String) throws -> Int {
            try Data(contentsOf: URL(filePath: file)).count { $0 == UInt8(ascii: "\n") }
        }
    }
}
