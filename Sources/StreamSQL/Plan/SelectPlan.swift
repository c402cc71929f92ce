/// One `SELECT`. What happens to an event, in this order:
///
/// ```
///   event ─► inputs: slots filled ─► analytics: one slot each ─► joins ─► filter ─┬─► group ─► having ─► projection
///                                                                                 └─────────────────────► projection
/// ```
package struct SelectPlan: Sendable {
    /// `FROM`'s, then one for each `JOIN` or `CROSS APPLY`, in order; never empty.
    package var inputs: [InputPlan]
    /// Slots of a row before grouping.
    package var slotCount: Int
    /// `LAG`, `Anomaly` and their like; they see every event of their input, before joins and `WHERE`.
    package var analytics: [AnalyticPlan]
    /// `WHERE`, over the row before grouping.
    package var filter: CompiledExpression?
    /// `GROUP BY`; `nil` when each row gives a result.
    package var group: GroupPlan?
    /// What a result holds, over the group's row when there is a ``group``.
    package var projection: ProjectionPlan
}
