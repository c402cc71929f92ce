internal import TelemetryJSON
package import TelemetryModel

/// One result of a query, with what made it: the window, the group and the records.
package struct QueryResult: Sendable {
    /// The step's place in ``QueryPlan/steps``.
    package var step: Int
    /// What was selected.
    package var record: StreamRecord
    /// `System.Timestamp()`: the window's end, or the event's time.
    package var time: Timestamp
    /// The window's start, which is not in the window; `nil` without a window.
    package var windowStart: Timestamp?
    /// The values of `GROUP BY`; empty without one.
    package var key: [StreamValue]
    package var kind: ResultKind
    /// Whether backlog made it, so that it must not open an alert.
    package var isBacklog: Bool
    /// The records it was made of.
    package var spans: InputSpans

    /// The record as compact JSON.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.record(self.record)
        return writer.bytes
    }
}
