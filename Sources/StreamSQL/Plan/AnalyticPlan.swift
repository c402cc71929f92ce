/// A function that looks back over the events of one input; its value for an event goes into ``slot``.
///
/// Its expressions read a row in which the input's slots are filled. Events with the same ``partitionBy`` are one series.
package struct AnalyticPlan: Sendable {
    /// What is computed.
    package var function: AnalyticFunction
    /// The input it looks at, by its place in ``SelectPlan/inputs``.
    package var input: Int
    /// Where its value goes.
    package var slot: Int
    /// What it looks at; `nil` for `ISFIRST` and `COUNT(*)`.
    package var argument: CompiledExpression?
    /// The value of `LAG` and `LAST` when there is no event; `nil` is `NULL`. Over the present event.
    package var defaultValue: CompiledExpression?
    /// The series.
    package var partitionBy: [CompiledExpression]
    /// `LIMIT DURATION` in milliseconds: events at or before now less this are forgotten; `nil` for `ISFIRST`, and for
    /// `Anomaly` without the clause.
    package var limit: Int64?
    /// `WHEN`: other events do not count.
    package var when: CompiledExpression?
    /// `OVER (… ORDER BY …)` of `TOPONE` and `COLLECTTOP`.
    package var order: [OrderPlan]
    /// As it was written.
    package var text: String
}
