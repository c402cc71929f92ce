import SensorKit

/// Time that passes only when somebody sleeps.
package final class ManualClock: BusClock {
    package var now: Duration = .seconds(1_000)

    package init() {}

    package func sleep(until instant: Duration) {
        self.now = max(self.now, instant)
    }
}
