/// One aggregate of a group; equal ones are one.
package struct AggregatePlan: Sendable {
    /// What is computed.
    package var function: AggregateFunction
    /// Over the row before grouping; `nil` for `COUNT(*)` only. Rows for which it is `NULL` do not count, but in `COLLECT`,
    /// `COLLECTTOP` and `TOPONE`.
    package var argument: CompiledExpression?
    /// `OVER (ORDER BY …)` of `TOPONE` and `COLLECTTOP`; of rows that are equal the first comes first.
    package var order: [OrderPlan]
    /// As it was written.
    package var text: String
}
