package import EdgeCore
import Synchronization

/// What several buses say to one request; complete when each has said it, or given up when they take too long.
package final class SampleAnswer: Sendable {
    /// What one sensor said.
    package struct Sample: Sendable {
        /// Its number in the configuration.
        package var sensor: Int
        package var channels: [TelemetryBody.Channel]
        /// Why there is nothing, in a sentence; empty when there is something.
        package var fault: String
    }

    private struct Contents {
        var samples: [Sample] = []
        var busesLeft: Int
    }

    private let contents: Mutex<Contents>
    private let changed: WakeEvent

    /// - Parameters:
    ///   - buses: How many are asked.
    ///   - changed: To be signalled when the last has answered.
    package init(buses: Int, changed: WakeEvent) {
        self.contents = Mutex(Contents(busesLeft: buses))
        self.changed = changed
    }

    /// One bus is done.
    package func add(_ samples: [Sample]) {
        self.contents.withLock { contents in
            contents.samples += samples
            contents.busesLeft -= 1
        }
        self.changed.signal()
    }

    package var isComplete: Bool { self.contents.withLock { $0.busesLeft <= 0 } }

    /// What has been said so far, in the configuration's order.
    package var samples: [Sample] { self.contents.withLock { $0.samples }.sorted { $0.sensor < $1.sensor } }
}
