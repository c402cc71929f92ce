/// What a ``StatefulFunction`` is told of an event.
package struct SeriesEvent: Sendable {
    /// Milliseconds since 1970.
    package var time: Int64
    /// The argument; `NULL` for functions without one.
    package var value: StreamValue
    /// The values of `ORDER BY`; of a descending term it stands in an array.
    package var order: [StreamValue]
    /// `WHEN`: whether the event counts. One that does not still gets a value.
    package var counts: Bool
    /// The record it came in.
    package var spans: InputSpans

    package init(time: Int64, value: StreamValue, order: [StreamValue] = [], counts: Bool = true, spans: InputSpans) {
        self.time = time
        self.value = value
        self.order = order
        self.counts = counts
        self.spans = spans
    }
}
