package import TelemetryModel

/// One reading around an alert's beginning.
package struct AlertSample: Equatable, Sendable {
    /// The instant the device gave.
    package var time: Timestamp
    package var value: Double

    package init(time: Timestamp, value: Double) {
        self.time = time
        self.value = value
    }
}
