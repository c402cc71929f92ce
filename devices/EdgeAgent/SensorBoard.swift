package import EdgeCore
package import SensorKit
import Synchronization

/// How all sensors are doing: the workers write it, the control loop reads it.
package final class SensorBoard: Sendable {
    private struct Contents {
        var statuses: [SensorStatus]
        /// Sampling cycles of all buses, for the watchdog.
        var cycles = 0
    }

    private let contents: Mutex<Contents>
    /// Signalled when a sensor's state has changed.
    private let changed: WakeEvent

    /// - Parameters:
    ///   - count: How many sensors the configuration has.
    ///   - changed: To be signalled when a state changes.
    package init(count: Int, changed: WakeEvent) {
        self.contents = Mutex(Contents(statuses: Array(repeating: SensorStatus(), count: count)))
        self.changed = changed
    }

    /// A bus has been sampled.
    ///
    /// - Parameters:
    ///   - outcomes: What it gave; numbered within the bus.
    ///   - sensors: The bus's sensors in the configuration's order.
    package func sampled(_ outcomes: [SensorGroup.Outcome], sensors: [Int]) {
        let isNews = self.contents.withLock { contents in
            contents.cycles += 1
            var isNews = false
            for outcome in outcomes where contents.statuses[sensors[outcome.sensor]].sampled(outcome) { isNews = true }
            return isNews
        }
        if isNews { self.changed.signal() }
    }

    /// All sensors, in the configuration's order.
    package var statuses: [SensorStatus] { self.contents.withLock { $0.statuses } }

    /// How often a bus has been sampled since the start.
    package var cycles: Int { self.contents.withLock { $0.cycles } }
}
