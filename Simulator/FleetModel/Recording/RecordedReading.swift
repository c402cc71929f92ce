package import TelemetryModel

/// One row of a recording, ready to publish.
package struct RecordedReading: Equatable, Sendable {
    /// The row's number in its file: 1 is the row behind the header; faulty rows are counted too.
    package var number: Int
    package var time: Timestamp
    /// The telemetry body, one JSON object.
    package var body: [UInt8]
}
