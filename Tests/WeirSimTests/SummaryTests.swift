import FleetModel
import Synchronization
import Testing

@testable import weir_sim

@Suite("what is said at the end")
struct SummaryTests {
    @Test("a run's summary begins with sent, acknowledged and unacknowledged")
    func run() {
        var counters = FleetCounters.Snapshot()
        counters.sent = 10
        counters.acknowledged = 8
        counters.resent = 1
        let summary = RunSummary(devices: 2, counters: counters, seconds: 1.239, troubles: [("x", 2)])
        #expect(
            summary.json
                == #"{"sent":10,"acknowledged":8,"unacknowledged":2,"resent":1,"seconds":1.24,"devices":2,"refused":0}"#
        )
        #expect(!summary.isComplete)
        #expect(summary.text.contains("unacknowledged  2\n"))
        #expect(summary.text.hasSuffix("trouble         2 × x"))
        let silent = RunSummary(devices: 2, counters: .init(), seconds: 1, troubles: [("Connection refused", 9)])
        #expect(!silent.isComplete, "a fleet that never reached its gateway has failed")
        #expect(RunSummary(devices: 2, counters: .init(), seconds: 1, troubles: []).isComplete)
    }

    @Test("a replay is complete when all that was sent is stored and every file was read")
    func replay() {
        var counters = FleetCounters.Snapshot()
        counters.sent = 1_000
        counters.acknowledged = 1_000
        var recording = ReplayProgress.Recording(path: "a.csv")
        for line in 2...9 { recording.malformed.add(line: line, .time("never")) }
        func summary(_ counters: FleetCounters.Snapshot, _ recording: ReplayProgress.Recording) -> ReplaySummary {
            ReplaySummary(
                recordings: [recording],
                counters: counters,
                seconds: 2,
                wasInterrupted: false,
                ackLogFault: nil,
                troubles: []
            )
        }
        let complete = summary(counters, recording)
        #expect(complete.isComplete)
        #expect(
            complete.json
                == #"{"files":1,"sent":1000,"acknowledged":1000,"unacknowledged":0,"resent":0,"malformed":8,"refused":0,"seconds":2.0,"rowsPerSecond":500,"interrupted":false}"#
        )
        #expect(complete.complaints.count == 6)
        #expect(complete.complaints[0] == "a.csv:2: “never” is not a time")
        #expect(complete.complaints[5] == "a.csv: and 3 more malformed rows")
        recording.failure = "a.csv was cut"
        #expect(!summary(counters, recording).isComplete)
        recording.failure = nil
        counters.acknowledged = 999
        #expect(!summary(counters, recording).isComplete)
    }

    @Test("trouble is shown once per kind and counted")
    func notes() {
        let shown = FleetDriverTests.Box<[String]>([])
        let notes = FleetNotes { line in shown.value.withLock { $0.append(line) } }
        for device in 1...5 { notes.lost("dev\(device)", .closedByGateway) }
        for kind in 0..<100 { notes.lost("dev1", .transport("kind \(kind)")) }
        let lines = shown.value.withLock { $0 }
        #expect(lines.first == "dev1: the gateway closed the connection; trying again")
        #expect(lines.count == 33, "bounded")
        #expect(notes.totals.first?.kind == "other faults")
        #expect(notes.totals.map(\.count).reduce(0, +) == 105)
    }
}
