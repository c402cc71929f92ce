import MQTTCodec
import MQTTServer
import TelemetryModel
import Testing

@testable import Gateway

@Suite("Which lifecycle events get a record")
struct LifecycleBacklogTests {
    private static let noon = Timestamp(milliseconds: 1_795_262_400_000)
    private static let refusal = LifecycleEvent.refused(
        ConnectionRefusal(
            clientID: "c",
            remoteAddress: "192.0.2.7:1",
            isTLS: false,
            code: .notAuthorized,
            reason: "wrong"
        )
    )
    private static let queueFull = LifecycleEvent.queueFull(.application("app"), clientID: "c")

    private var backlog = LifecycleBacklog(sequence: 7)

    /// Notes refusals at a moment; how many got a record of their own.
    private mutating func refuse(_ count: Int, at now: Duration) -> Int {
        (0..<count).filter { _ in self.backlog.note(Self.refusal, at: Self.noon, now: now) == .kept }.count
    }

    @Test("events keep their order, their time and a growing sequence")
    mutating func order() {
        for second in 0..<3 {
            let noted = self.backlog.note(Self.queueFull, at: Self.noon + .seconds(second), now: .zero)
            #expect(noted == .kept)
        }
        let first = self.backlog.take(atMost: 2)
        #expect(first.map(\.sequence) == [7, 8])
        let last = self.backlog.take(atMost: 2)
        #expect(last.map(\.sequence) == [9])
        #expect(last.first?.time == Self.noon + .seconds(2))
        let rest = self.backlog.take(atMost: 2)
        #expect(rest.isEmpty)
    }

    @Test("200 refusals at once get a record each, then 50 a second")
    mutating func rate() {
        let kept = [Duration.seconds(1), .seconds(2), .milliseconds(2_020), .seconds(12)].map {
            self.refuse(1_000, at: $0)
        }
        #expect(kept == [200, 50, 1, 200])
    }

    @Test("in the long run 10,000 refusals an hour get a record each")
    mutating func longRun() {
        var kept = 0
        for second in 1...7_200 {
            kept += self.refuse(60, at: .seconds(second))
            _ = self.backlog.take(atMost: 1_000)
        }
        #expect((29_000...31_000).contains(kept), "\(kept)")
    }

    @Test("those beyond it become one event, and only once")
    mutating func summary() {
        _ = self.refuse(1_234, at: .seconds(1))
        let summaries = (0..<2).map { _ in self.backlog.summarize(at: Self.noon) }
        #expect(summaries == [true, false])
        let events = self.backlog.take(atMost: 1_000).map(\.event)
        #expect(events.count == 201)
        #expect(events.last == .moreRefused(1_034))
    }

    @Test("other events are never held back by a rate")
    mutating func others() {
        _ = self.refuse(1_000, at: .seconds(1))
        let noted = (0..<1_000).map { _ in self.backlog.note(Self.queueFull, at: Self.noon, now: .seconds(1)) }
        #expect(noted.allSatisfy { $0 == .kept })
    }

    @Test("records that cannot be written are told once, and their number when they can be again")
    mutating func lostWrites() {
        let first = [self.backlog.noteWritten(), self.backlog.noteLost(3), self.backlog.noteLost(1_024)]
        #expect(first == [.unchanged, .stopped, .unchanged])
        let second = [self.backlog.noteWritten(), self.backlog.noteWritten(), self.backlog.noteLost(1)]
        #expect(second == [.resumed(lost: 1_027), .unchanged, .stopped])
        let third = self.backlog.noteWritten()
        #expect(third == .resumed(lost: 1))
    }

    @Test("a full queue drops the newest, tells it once, and again when it was caught up in between")
    mutating func bound() {
        for _ in 0..<LifecycleBacklog.eventsMax { _ = self.backlog.note(Self.queueFull, at: Self.noon, now: .zero) }
        let whileFull = (0..<2).map { _ in self.backlog.note(Self.queueFull, at: Self.noon, now: .zero) }
        #expect(whileFull == [.dropped(isFirst: true), .dropped(isFirst: false)])
        let taken = self.backlog.take(atMost: 1)
        #expect(taken.count == 1)
        let after = (0..<2).map { _ in self.backlog.note(Self.queueFull, at: Self.noon, now: .zero) }
        #expect(after == [.kept, .dropped(isFirst: true)])
    }
}
