package import TelemetryModel

/// One object of a telemetry payload: one sampling instant of a device.
package struct TelemetryReading: Equatable, Sendable {
    /// The member `ts`; `nil` when there is none or it cannot be read, then the record's enqueue time stands in.
    package var timestamp: Timestamp?
    /// Whether there was a `ts` that could not be read.
    package var isTimestampUnreadable = false
    /// The object's numbers in ``TelemetryScanner/values``.
    package var values: Range<Int>
}
