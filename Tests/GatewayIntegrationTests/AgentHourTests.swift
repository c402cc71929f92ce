import BoardTestSupport
import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite(
        "weir-agent on a board that boots in 1970, through the gateway",
        .enabled(if: BoardShim.compiler != nil)
    )
    struct AgentHourTests {
        private static let hour: Duration = .seconds(3_600)
        /// The hour takes 15 s.
        private static let speed = 240
        /// How far the time may be off that the gateway says: half of the longest exchange.
        private static let timeErrorMax: Int64 = 8_000

        /// Milliseconds from the board's time to the true time; the board must run as fast as the machine.
        private static func trueOffset(_ board: EmulatedBoard) -> Int64 {
            let (seconds, attoseconds) = board.clock.now.components
            return Int64(Date().timeIntervalSince1970 * 1_000) - seconds * 1_000 - attoseconds / 1_000_000_000_000_000
        }

        @Test(
            "an hour without the gateway and a kill -9 in the middle: each reading is in the log once, in order, well dated",
            .timeLimit(.minutes(10))
        )
        func hour() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let board = try EmulatedBoard(try await gateway.makeDevice("board-10"), gateway, in: folder)
            try await gateway.kill()
            try board.clock.run(atSpeed: Self.speed)
            let start = board.clock.now
            let first = try board.startAgent()
            try await Waiting.until("half an hour; \(first.errors)", within: .seconds(180)) {
                board.hasGiven(1_800) && board.clock.now - start >= Self.hour / 2
            }
            try await board.kill(first) { board.spoolHolds($0) }
            let killedAt = board.results.mapValues(\.count)

            let second = try board.startAgent()
            try await Waiting.until("an hour; \(second.errors)", within: .seconds(180)) {
                board.hasGiven(3_600) && board.clock.now - start >= Self.hour
            }
            // From here on the board's second is the gateway's.
            try board.clock.run(atSpeed: 1)
            try await gateway.start()
            try await Waiting.until("the backlog; \(second.errors)", within: .seconds(120)) { board.spoolBytes == 0 }
            let drained = board.results.mapValues(\.count)
            try await Waiting.until("live readings; \(second.errors)", within: .seconds(120)) {
                board.results.allSatisfy { bus, results in results.count >= (drained[bus] ?? 0) + 3 }
            }
            let trueOffset = Self.trueOffset(board)
            second.send(SIGTERM)
            let end = try await second.exit(within: .seconds(90))
            #expect(end.status == 0 && end.output.contains("\"dropped\":0"), "\(end.output) \(end.errors)")
            #expect(end.errors.contains("readings of earlier runs are in the spool"))

            let log = try BoardLog(try await gateway.records(device: "board-10"))
            #expect(log.faults(board.results) == [])
            #expect(log.numbers.count == 2, "two runs")
            let offsets = try #require(log.offsets(board.results), "the dates do not fit one another")
            #expect(offsets.overlaps(trueOffset - Self.timeErrorMax...trueOffset + Self.timeErrorMax))
            // The half hour before the kill came as history, and what was measured at the end as news.
            #expect(log.entries.allSatisfy { $0.isHistorical || $0.number >= killedAt[$0.bus] ?? 0 })
            #expect(log.entries.contains { !$0.isHistorical })
            // More than fifty years, told once.
            #expect(log.corrections.count == 1 && log.corrections[0] > 50 * 365 * 86_400_000)
            print("an hour at \(Self.speed)×: \(log.entries.count) readings, dated within \(offsets) ms")
            try await gateway.stop()
        }
    }
}
