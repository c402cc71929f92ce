/// One term of `ORDER BY`.
package struct OrderPlan: Sendable {
    /// Over the row before grouping: numbers or instants; `NULL` comes last in both directions.
    package var key: CompiledExpression
    /// `DESC`.
    package var isDescending: Bool
}
