import Foundation
import Testing

extension GatewayIntegration {
    @Suite("all recorded readings of the Intel lab, about 215,000 rows of four motes")
    struct WholeReplayTests {
        private struct Alert: Decodable {
            var device: String
            var channel: String
            var worst: Double
        }

        @Test(
            "every row is in the log exactly once, in order, equal to the file's; sensors that die above 100 °C alert",
            .enabled("SKIPPED: no ../shared/datasets beside the package") { try await Recording.motes() != nil },
            .timeLimit(.minutes(5))
        )
        func whole() async throws {
            let files = Recording.moteNames.map { "\(Recording.folder)/\($0).csv.gz" }
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let gateway = try await GatewayUnderTest(in: folder)
            let replay = try await RunningProcess.run(
                BuiltProgram.simulator,
                ["replay"] + files + ["--data", gateway.data, "--speed", "0", "--json"],
                within: .seconds(150)
            )
            try #require(replay.status == 0, "\(replay.errors)")
            print("whole replay: \(replay.output)")

            let compare = try await RunningProcess.run(
                "bash",
                [
                    "-c", #"set -o pipefail; "$0" events read telemetry --json --data "$1" | python3 "${@:2}""#,
                    BuiltProgram.weir, gateway.data, try ClientProgram.path("compare_replay.py"),
                ] + files,
                within: .seconds(90)
            )
            #expect(compare.status == 0, "\(compare.errors)")
            let summary = try JSONDecoder().decode(ReplayProgram.Summary.self, from: Data(replay.output.utf8))
            #expect(compare.output == "\(summary.sent)\n")

            // Mote 45 dies without reaching 100 °C.
            let dying: Set = ["mote19", "mote22", "mote23"]
            try await Waiting.until("alerts above 100 °C of \(dying)", within: .seconds(120)) {
                let lines = try await gateway.weir("alerts", "--json").split(separator: "\n")
                let alerts = try lines.map { try JSONDecoder().decode(Alert.self, from: Data($0.utf8)) }
                return dying.isSubset(of: alerts.filter { $0.channel == "temperature" && $0.worst > 100 }.map(\.device))
            }
            try await gateway.stop()
        }
    }
}
