import TelemetryJSON

/// What a run did, in messages and samples.
///
/// `sent` counts a reading once however often it was sent again; `acknowledged` is never above it. `dropped` are
/// readings given up: for room, or at the end when there is no spool.
package struct AgentSummary: Equatable, Sendable {
    package var sent = 0
    package var acknowledged = 0
    package var dropped = 0
    /// Samples of a sensor that gave no value, or a bad one, after all attempts.
    package var readErrors = 0

    /// Readings that the spool keeps for the next run, those of earlier ones too.
    package var spooled = 0

    package init() {}

    /// One line of JSON without its line feed.
    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.key("sent")
        writer.number(self.sent)
        writer.key("acknowledged")
        writer.number(self.acknowledged)
        writer.key("dropped")
        writer.number(self.dropped)
        writer.key("readErrors")
        writer.number(self.readErrors)
        writer.key("spooled")
        writer.number(self.spooled)
        writer.endObject()
        return writer.bytes
    }
}
