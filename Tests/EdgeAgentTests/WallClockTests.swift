import EdgeAgent
import EdgeCore
import Foundation
import TelemetryModel
import Testing

@Suite("the wall clock as far as it is trusted")
struct WallClockTests {
    private let temporary: TemporaryFolder
    private let journal: Journal
    private let log: Pipe

    init() throws {
        self.temporary = try TemporaryFolder()
        self.log = Pipe()
        self.journal = Journal(descriptor: self.log.fileHandleForWriting.fileDescriptor)
    }

    private func clock(trustsSystem: Bool, memory: TimeMemory?) -> WallClock {
        var configuration = AgentConfiguration()
        configuration.clock.trustsSystem = trustsSystem
        return WallClock(configuration, system: SystemClock(), memory: memory, journal: self.journal)
    }

    @Test("a time is remembered, replaced, and nothing but a time is read")
    func memory() throws {
        let memory = TimeMemory(folder: self.temporary.url.path)
        #expect(memory.time == nil)
        for seconds in [1_900_000_000, 1_800_000_000] as [Int64] {
            try memory.remember(Timestamp(seconds: seconds))
            #expect(memory.time == Timestamp(seconds: seconds))
        }
        for text in ["", "2026", "2026-13-45T00:00:00.000Z", String(repeating: "x", count: 100)] {
            try Data(text.utf8).write(to: self.temporary.url.appendingPathComponent("clock"))
            #expect(memory.time == nil, "\(text)")
        }
        let nowhere = TimeMemory(folder: "/nonexistent/weir")
        #expect(nowhere.time == nil)
        #expect(throws: TimeMemory.Fault.self) { try nowhere.remember(Timestamp(seconds: 1)) }
    }

    @Test("the operator's clock dates instants of this boot, and is remembered for the next")
    func trusted() throws {
        let memory = TimeMemory(folder: self.temporary.url.path)
        let clock = self.clock(trustsSystem: true, memory: memory)
        let system = SystemClock()
        let (before, date, after) = (system.wallTime, clock.date(of: system.instant), system.wallTime)
        let dated = try #require(date)
        #expect(dated >= before + .milliseconds(-5) && dated <= after + .milliseconds(5))
        #expect(clock.text(of: system.instant).hasPrefix("20"))
        #expect(clock.report.source != nil && clock.report.steps == 0)
        #expect(!clock.needsGateway(interval: .seconds(3_600)))
        guard case .known = clock.verificationTime else {
            Issue.record("the time is known, but certificates are not checked as of it")
            return
        }
        let remembered = try #require(memory.time)
        #expect(after - remembered < .seconds(60))
        #expect(clock.takeEvents().isEmpty, "a clock that was right is no event")
    }

    @Test("while nobody knows the time, certificates are checked as of the remembered one, if that is later")
    func floor() throws {
        // Only where the kernel is not synchronised is the time unknown.
        guard !SystemClock().look().isSynchronised else { return }
        let memory = TimeMemory(folder: self.temporary.url.path)
        let future = Timestamp(seconds: 7_000_000_000)
        try memory.remember(future)
        let clock = self.clock(trustsSystem: false, memory: memory)
        #expect(clock.verificationTime == .atLeast(future))
        #expect(clock.now == nil && clock.text(of: BootInstant(milliseconds: 81_204)) == "81 s after the boot")
        #expect(clock.needsGateway(interval: .seconds(3_600)))
        clock.remember()
        #expect(memory.time == future, "what is not known is not remembered")
        try memory.remember(Timestamp(seconds: 1))
        let late = self.clock(trustsSystem: false, memory: memory)
        guard case .atLeast(let floor) = late.verificationTime else {
            Issue.record("the time is known")
            return
        }
        #expect(floor >= AgentVersion.released)
    }

    @Test("a folder that cannot be written is told once a day, and stops nothing")
    func unwritable() throws {
        let clock = self.clock(trustsSystem: true, memory: TimeMemory(folder: "/nonexistent/weir"))
        for _ in 0..<5 { clock.look() }
        #expect(clock.now != nil)
        try self.log.fileHandleForWriting.close()
        let text = String(decoding: try self.log.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.components(separatedBy: "the time cannot be remembered").count == 2, "\(text)")
    }
}
