/// What a row brings into its group.
struct GroupedRow: Sendable {
    /// The aggregates' arguments.
    var arguments: [StreamValue]
    /// For each aggregate the values of its `ORDER BY`; empty when no aggregate has one.
    var orders: [[StreamValue]]
    var spans: InputSpans
}
