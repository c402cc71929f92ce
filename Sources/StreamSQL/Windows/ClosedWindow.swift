/// What a window holds of one group when it gives a result.
struct ClosedWindow: Sendable {
    /// The caller's number of the group.
    var group: Int
    /// Milliseconds since 1970, not in the window.
    var start: Int64
    /// Milliseconds since 1970, in the window.
    var end: Int64
    /// One for each aggregate.
    var states: [AggregateState]
    var spans: InputSpans
    var kind: ResultKind
}
