import SensorKit

/// Time that passes only when somebody sleeps.
final class ManualClock: BusClock {
    var now: Duration = .seconds(1_000)

    func sleep(until instant: Duration) {
        self.now = max(self.now, instant)
    }
}
