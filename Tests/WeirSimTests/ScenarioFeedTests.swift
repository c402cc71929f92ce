import FleetModel
import NIOCore
import TelemetryModel
import Testing

@testable import weir_sim

@Suite("a simulated device's messages")
struct ScenarioFeedTests {
    static func feed(end: Duration?) -> ScenarioFeed {
        let group = DeviceGroup(
            ids: ["room-1"],
            kind: .room,
            interval: .milliseconds(250),
            channels: PlaceKind.room.channels
        )
        let device = Scenario(seed: 1, startHour: 12, groups: [group], faults: []).makeDevices()[0]
        return ScenarioFeed(device: device, startTime: Timestamp(milliseconds: 0), end: end)
    }

    /// What a feed gives at one time, one character per step: a message, or when the next is due.
    static func steps(_ feed: ScenarioFeed, at milliseconds: Int) -> String {
        var steps = ""
        while true {
            switch feed.next(at: .milliseconds(milliseconds)) {
            case .message(let message): steps += "\(message.number) "
            case .due(let time): return steps + "due \(time.wholeMilliseconds)"
            case .loading: return steps + "loading"
            case .finished: return steps + "finished"
            }
        }
    }

    @Test("readings come when they are due; after a lost connection those that were missed come with their own time")
    func rhythm() {
        let feed = ScenarioFeedTests.feed(end: nil)
        #expect(ScenarioFeedTests.steps(feed, at: 0) == "0 due 250")
        #expect(ScenarioFeedTests.steps(feed, at: 249) == "due 250")
        #expect(ScenarioFeedTests.steps(feed, at: 250) == "1 due 500")
        #expect(ScenarioFeedTests.steps(feed, at: 1_100) == "2 3 4 due 1250")
        guard case .message(let late) = feed.next(at: .seconds(60)) else {
            Issue.record("the reading of 1.25 s is overdue")
            return
        }
        #expect(String(buffer: late.payload).hasPrefix(#"{"ts":"1970-01-01T00:00:01.250Z","temperature":"#))
    }

    @Test("a run of one second has the readings due before its end and none due at it")
    func end() {
        let feed = ScenarioFeedTests.feed(end: .seconds(1))
        #expect(ScenarioFeedTests.steps(feed, at: 999) == "0 1 2 3 due 1000")
        #expect(ScenarioFeedTests.steps(feed, at: 1_000) == "finished")
    }
}
