import HomeAssistant
import TelemetryModel
import Testing

@Suite("whether a device is there")
struct AvailabilityTests {
    private static func last(_ lines: [String]) -> String? {
        lines.last { $0.contains("/availability ") }
    }

    @Test("a device is gone a minute after its last connection ended, and back at once")
    func connection() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#)
        bench.advance(10)
        _ = bench.take()
        try bench.connection(of: "d", false)
        bench.advance(59.999)
        #expect(bench.take() == [])
        bench.advance(0.001)
        #expect(bench.take() == ["!w/d/availability offline"])
        try bench.connection(of: "d", true)
        #expect(bench.take() == ["!w/d/availability online"])
        try bench.connection(of: "d", true)
        #expect(bench.take() == [])
    }

    @Test("who is back within the minute was never gone, and the next minute is a whole one")
    func flapping() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#)
        bench.advance(10)
        _ = bench.take()
        try bench.connection(of: "d", false)
        bench.advance(30)
        try bench.connection(of: "d", true)
        bench.advance(20)
        try bench.connection(of: "d", false)
        bench.advance(10)
        #expect(bench.take() == [], "a minute after the first end")
        bench.advance(49.999)
        #expect(bench.take() == [])
        bench.advance(0.001)
        #expect(bench.take() == ["!w/d/availability offline"])
    }

    @Test(
        "a device that only sends and leaves is there for a minute from then on, whenever its end is known",
        arguments: ["before its telemetry", "before its twin", "later"]
    )
    func briefConnection(end: String) throws {
        var bench = BoardBench()
        if end == "before its telemetry" { try bench.connection(of: "d", false) }
        try bench.send("d", #"{"a":1}"#)
        if end == "before its twin" { try bench.connection(of: "d", false) }
        bench.answer(isConnected: false)
        if end == "later" { try bench.connection(of: "d", false) }
        #expect(Self.last(bench.take()) == "!w/d/availability online")
        bench.advance(60)
        #expect(Self.last(bench.take()) == "!w/d/availability offline")
    }

    @Test("a device whose telemetry others bring is there from then on")
    func bridged() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#, isConnected: false)
        #expect(bench.retained["w/d/availability"] == "online")
        bench.advance(100_000)
        #expect(Self.last(bench.take()) == nil)
        bench.board.reconcile(at: bench.now) { _ in false }
        bench.advance(100)
        #expect(Self.last(bench.take()) == nil)
    }

    @Test("what was in the log before the start says nothing about now")
    func replayed() throws {
        var bench = BoardBench()
        try bench.send("d", #"{"a":1}"#, isPresent: false)
        bench.answer(isConnected: false)
        #expect(Self.last(bench.take()) == nil)
        bench.advance(60)
        #expect(Self.last(bench.take()) == "!w/d/availability offline")
        try bench.connection(of: "d", true)
        #expect(bench.take() == ["!w/d/availability online"])
    }

    @Test("a lost event is found out by looking", arguments: [true, false])
    func reconciled(isConnected: Bool) throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#, isConnected: true)
        if isConnected {
            try bench.connection(of: "d", false)
            bench.advance(60)
            _ = bench.take()
        }
        bench.board.reconcile(at: bench.now) { _ in isConnected }
        bench.advance(60)
        #expect(Self.last(bench.take()) == "!w/d/availability \(isConnected ? "online" : "offline")")
    }
}
