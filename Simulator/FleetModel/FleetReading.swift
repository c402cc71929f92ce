package import TelemetryJSON
package import TelemetryModel

/// What one device measured at one instant.
package struct FleetReading: Equatable, Sendable {
    /// One channel's number.
    package struct Value: Equatable, Sendable {
        package var channel: String
        package var number: DecimalValue
    }

    /// The instant, since the start of the run.
    package var due: Duration
    /// The values in the order of the group's channels.
    package var values: [Value]

    /// Writes the telemetry body: `{"ts":"…Z","temperature":21.42,…}`.
    ///
    /// - Parameters:
    ///   - writer: receives one JSON object.
    ///   - start: the instant at which the run began.
    package func write(into writer: inout JSONWriter, startedAt start: Timestamp) {
        writer.beginObject()
        writer.key("ts")
        writer.string(utf8: (start + self.due).iso8601)
        for value in self.values {
            writer.key(value.channel)
            writer.raw(value.number.text)
        }
        writer.endObject()
    }
}
