/// A join with data that is looked up: every matching record of the reference gives a row.
package struct ReferenceJoinPlan: Sendable {
    /// `LEFT OUTER JOIN`: a row without match comes with `NULL`s.
    package var isOuter: Bool
    /// Pairs that must be equal (``StreamComparison``): the first over a row in which the earlier inputs' slots are filled,
    /// the second over one in which only the reference's are.
    package var equalities: [(left: CompiledExpression, right: CompiledExpression)]
    /// What else must be true of the joined row.
    package var condition: CompiledExpression?
}
