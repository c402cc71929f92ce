import BoardTestSupport
import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite("weir-agent brings a backlog to the gateway", .enabled(if: BoardShim.compiler != nil))
    struct AgentDrainTests {
        /// The backlog's twenty minutes take five seconds.
        private static let speed = 240
        /// Of each sensor.
        private static let backlog = 1_200

        @Test(
            "killed in the middle of the backlog it goes on: nothing is lost or twice, live readings do not wait",
            .timeLimit(.minutes(10))
        )
        func killed() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let board = try EmulatedBoard(try await gateway.makeDevice("board-11"), gateway, in: folder)
            try await gateway.kill()
            try board.clock.run(atSpeed: Self.speed)
            // So slow that the kill is in the middle on every machine: all of it would take a minute.
            let first = try board.startAgent(drain: 64)
            try await Waiting.until("a backlog; \(first.errors)", within: .seconds(180)) {
                board.hasGiven(Self.backlog)
            }
            try board.clock.run(atSpeed: 1)
            try await gateway.start()

            try await Waiting.until("a part of the backlog; \(first.errors)", within: .seconds(120)) {
                try await self.log(gateway).entries.count { $0.isHistorical } >= Self.backlog / 2
            }
            try await board.kill(first) { texts in
                let bodies = try await gateway.records(device: "board-11").map(\.body)
                return texts.allSatisfy { text in bodies.contains { $0.contains(text) } }
            }
            let atKill = try await self.log(gateway)
            #expect(board.spoolBytes > 0, "the kill came after the backlog")

            // The rest takes 6 s.
            let second = try board.startAgent(drain: 400)
            try await Waiting.until("the rest of the backlog; \(second.errors)", within: .seconds(120)) {
                board.spoolBytes == 0
            }
            second.send(SIGTERM)
            let end = try await second.exit(within: .seconds(90))
            #expect(end.status == 0 && end.output.contains("\"dropped\":0"), "\(end.output) \(end.errors)")

            let log = try await self.log(gateway)
            #expect(log.faults(board.results) == [])
            // Each run's live readings stand between those of the backlog, not behind them.
            for (run, entries) in [atKill.entries[...], log.entries[atKill.entries.count...]].enumerated() {
                let last = try #require(entries.lastIndex { $0.isHistorical }, "run \(run): there is no backlog")
                let live = entries[..<last].count { !$0.isHistorical }
                #expect(live >= 3 * EmulatedBoard.buses.count, "run \(run): only \(live) live readings meanwhile")
                print("run \(run): \(live) live readings among \(entries.count) while the backlog drained")
            }
            try await gateway.stop()
        }

        private func log(_ gateway: GatewayUnderTest) async throws -> BoardLog {
            try BoardLog(try await gateway.records(device: "board-11"))
        }
    }
}
