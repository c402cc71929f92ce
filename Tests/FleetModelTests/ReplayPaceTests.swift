import FleetModel
import TelemetryModel
import Testing

@Suite("the pace of a replay")
struct ReplayPaceTests {
    @Test(
        "a reading is due after its recorded distance divided by the speed",
        arguments: [(1.0, 90_000, 90_000), (60, 90_000, 1_500), (0.5, 1_000, 2_000), (0, 90_000, 0), (1, -5_000, 0)]
    )
    func due(speed: Double, recordedMilliseconds: Int, expectedMilliseconds: Int) {
        var pace = ReplayPace(speed: speed, origin: Timestamp(milliseconds: 1_000_000))
        let time = Timestamp(milliseconds: 1_000_000 + Int64(recordedMilliseconds))
        #expect(pace.due(of: time) == .milliseconds(expectedMilliseconds))
    }

    @Test("a recording that jumps back does not wait, and goes on at its latest instant")
    func backwards() {
        var pace = ReplayPace(speed: 1, origin: Timestamp(milliseconds: 0))
        let dues = [5_000, 2_000, 6_000].map { pace.due(of: Timestamp(milliseconds: $0)) }
        #expect(dues == [.seconds(5), .seconds(5), .seconds(6)])
    }

    @Test("the ends of time neither trap nor wait for ever")
    func extremes() {
        var pace = ReplayPace(speed: 1e-9, origin: Timestamp(milliseconds: -62_000_000_000_000))
        #expect(pace.due(of: Timestamp(milliseconds: 253_402_300_799_999)) == .seconds(315_360_000))
    }
}
