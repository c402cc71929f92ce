/// A result of a step on its way to the steps that read it and to its topic.
struct StepRow: Sendable {
    var record: StreamRecord
    /// Milliseconds since 1970.
    var time: Int64
    var timeline: Int
    var kind: ResultKind
    var isBacklog: Bool
    var spans: InputSpans
    /// Milliseconds since 1970; `nil` without a window.
    var windowStart: Int64?
    /// The values of `GROUP BY`.
    var key: [StreamValue]
}
