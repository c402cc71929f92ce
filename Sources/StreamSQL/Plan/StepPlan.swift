/// One named result of a query: one `SELECT`, or several joined by `UNION`.
package struct StepPlan: Sendable {
    /// The name in `WITH`; of a query with `INTO` its topic; ``QueryPlan`` makes names for the others.
    package var name: String
    /// Where the results go; `nil` for a step that only later steps read.
    package var topic: String?
    /// One, or the parts of a `UNION`.
    package var selects: [SelectPlan]
    /// `UNION` without `ALL`: of equal results with the same time only one counts.
    package var removesDuplicates: Bool
    /// The names of the results' members; `nil` when a `*` brings what events happen to have.
    package var columns: [String]?
    /// Whether the final query has no `INTO`: `weir query` prints its results.
    package var isPrinted: Bool
}
