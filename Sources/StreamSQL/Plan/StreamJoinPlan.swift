/// A join of two streams; every pair of events whose times fit its ``bounds`` is looked at.
package struct StreamJoinPlan: Sendable {
    /// `LEFT OUTER JOIN`: a row without partner comes with `NULL`s once its bounds have passed.
    package var isOuter: Bool
    /// At least one; all must hold.
    package var bounds: [JoinBounds]
    /// Pairs that must be equal (``StreamComparison``), for a hash join: the first over a row in which the earlier inputs'
    /// slots are filled, the second over one in which only this input's are.
    package var equalities: [(left: CompiledExpression, right: CompiledExpression)]
    /// What else must be true of the joined row.
    package var condition: CompiledExpression?
}
