import FleetModel
import NIOCore
import NIOPosix
import TelemetryModel
import Testing

@testable import weir_sim

@Suite("a recording on its way to the gateway", .timeLimit(.minutes(1)))
struct ReplayFeedTests {
    @Test(
        "a file of many batches reaches the gateway whole and in order, and every stored row is in the log of acknowledgements"
    )
    func whole() async throws {
        let count = 3 * RecordingLoader.batchRowsMax + 17
        let text = "time,v\n" + (1...count).map { "2020-01-01,\($0)" }.joined(separator: "\n")
        let gateway = try await TestGateway { TestGateway.Behaviour(closesAfter: $0 == 0 ? 1_500 : nil) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        try await RecordingLoaderTests.withFile(text.utf8) { path in
            let loader = try RecordingLoader(path: path, options: .init(), start: Timestamp(milliseconds: 0))
            let origin = try #require(try await loader.prepare())
            let log = try AckLog(path: path + ".acklog")
            let progress = ReplayProgress(paths: [path])
            let shared = FleetDriver<ReplayFeed>.Shared(
                settings: FleetClient.Settings(window: 2_000),
                transport: FleetTransport(address: gateway.address, security: nil),
                clock: RunClock(),
                counters: FleetCounters(),
                notes: FleetNotes { _ in }
            )
            let member = FleetMember(id: "mote", hubName: "hub", key: [1])
            let fleet = try await Fleet(members: [member], shared: shared, group: group, seed: 1) { _, loop in
                ReplayFeed(
                    device: "mote",
                    loader: loader,
                    index: 0,
                    pace: ReplayPace(speed: 0, origin: origin),
                    progress: progress,
                    ackLog: log,
                    loop: loop
                )
            }
            fleet.start()
            try await fleet.ended()
            let last = gateway.snapshot.publishes.filter { $0.connection == 1 }.map(\.payload)
            let expected = (1...count).map { #"{"ts":"2020-01-01T00:00:00.000Z","v":\#($0)}"# }
            #expect(last.count == count)
            for (index, payload) in last.enumerated() where payload != expected[index] {
                Issue.record("row \(index + 1) arrived as \(payload)")
                break
            }
            #expect(shared.counters.snapshot.sent == count)
            #expect(shared.counters.snapshot.acknowledged == count)
            #expect(progress.snapshot[0].rows == count)
            #expect(progress.snapshot[0].isRead)
            let lines = try ReplayFeedTests.text(path + ".acklog").split(separator: "\n")
            #expect(lines.count == count)
            #expect(lines.first == "mote\t1")
            #expect(lines.last == "mote\t\(count)")
            #expect(log.fault == nil)
        }
        try await group.shutdownGracefully()
        try await gateway.stop()
    }

    static func text(_ path: String) throws -> String {
        let file = try RecordingFile(path: path)
        var bytes = [UInt8]()
        while try file.readPiece(receive: { bytes += $0 }) {}
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a log of acknowledgements that cannot be written is a sentence")
    func ackLog() throws {
        #expect {
            try AckLog(path: "/nowhere/acks")
        } throws: { "\($0)" == "/nowhere/acks cannot be written: No such file or directory" }
        let full = try AckLog(path: "/dev/full")
        full.append(device: "mote", rows: [1])
        #expect(full.fault?.description == "/dev/full is not complete: No space left on device")
    }
}
