/// Something that could not take part in a query, and why. The query goes on.
package struct QueryDeadLetter: Equatable, Sendable {
    package enum Cause: String, CaseIterable, Sendable {
        /// The payload is no JSON object and no array of them.
        case notJSON
        /// An expression has no value for the row, or an aggregate none for the group.
        case fault
        /// Behind its enqueue time by more than the tolerance.
        case late
        /// Behind its timeline's latest event by more than the tolerance.
        case outOfOrder
        /// Ahead of its enqueue time by more than the tolerance.
        case early
        /// The query holds as much as it may.
        case limit
    }

    package var cause: Cause
    /// One sentence without a point.
    package var reason: String
    /// The record, or the last ones of those that made the group.
    package var spans: InputSpans
}
