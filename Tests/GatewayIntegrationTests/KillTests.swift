import Foundation
import TestSupport
import Testing

extension GatewayIntegration {
    @Suite("kill -9 at random moments of a replay")
    struct KillTests {
        /// Kills in one run.
        private static let kills = 20
        /// Rows of each of the four recordings.
        private static let rows = 6_000

        @Test(
            "after 20 kills every acknowledged row is in the log, in order, with the values of the file",
            .timeLimit(.minutes(4))
        )
        func replay() async throws {
            var random = SeededGenerator.announced("kill -9")
            let begin = ContinuousClock.now
            let recordings = (try await Recording.motes() ?? Recording.generated(rows: Self.rows))
                .map { $0.rows(0..<Self.rows) }
            let total = recordings.reduce(0) { $0 + $1.rows.count }
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let replay = try ReplayProgram(recordings, to: gateway, in: folder)

            for kill in 1...Self.kills {
                // Between two kills so many rows are acknowledged that the files last for all of them.
                let step = Int.random(in: 1...(2 * total / (Self.kills + 3)), using: &random)
                let target = min(try replay.acknowledgedRows() + step, total * kill / (Self.kills + 1))
                try await Waiting.until("row \(target) of \(total), kill \(kill)", within: .seconds(30)) {
                    try #require(replay.process.exitStatus == nil, "weir-sim ended: \(replay.process.errors)")
                    return try replay.acknowledgedRows() >= target
                }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...20_000, using: &random)))
                try await gateway.kill()
                try await gateway.start()
                for topic in ["telemetry", "lifecycle", "alerts"] {
                    let lost = try gateway.files(ofTopic: topic, suffix: ".lost")
                    #expect(lost.isEmpty, "recovery cut off what had been synced, kill \(kill)")
                }
            }
            let summary = try await replay.summary(within: .seconds(90))
            #expect(summary.acknowledged == total)
            #expect(summary.unacknowledged == 0)
            #expect(summary.malformed == 0)

            let acknowledged = try replay.acknowledgements()
            let records = try await gateway.records(within: .seconds(60))
            for recording in recordings {
                #expect(Set(acknowledged[recording.device] ?? []) == Set(1...recording.rows.count))
                let stored = records.filter { $0.deviceId == recording.device }
                try Self.checkOrder(of: stored, against: recording)
            }
            #expect(Set(records.compactMap(\.deviceId)) == Set(recordings.map(\.device)))
            print(
                "kill -9: \(Self.kills) kills, \(total) rows, \(summary.resent) sent again, \(records.count) records,",
                "\(ContinuousClock.now - begin)"
            )
            try await gateway.stop()
        }

        /// Every row is there; its first copy stands where the file has it, further copies only behind it.
        private static func checkOrder(of stored: [StoredRecord], against recording: Recording) throws {
            let bodies = recording.bodies()
            try #require(Set(bodies).count == bodies.count, "rows can be told apart")
            var next = 0
            var seen = Set<String>()
            for record in stored {
                if next < bodies.count, record.body == bodies[next] {
                    next += 1
                    seen.insert(record.body)
                } else {
                    try #require(seen.contains(record.body), "\(recording.device), expected row \(next + 1): \(record)")
                }
            }
            #expect(next == bodies.count, "\(recording.device): row \(next + 1) is missing")
            #expect(stored.map(\.offset) == stored.map(\.offset).sorted())
        }
    }
}
