/// `CROSS APPLY GetArrayElements(…)` and `GetRecordProperties(…)`: a row for each record of an array.
package struct ApplyPlan: Sendable {
    /// `OUTER APPLY`: one row with `NULL`s when there is no element.
    package var isOuter: Bool
    /// Over a row in which the earlier inputs' slots are filled: an array of records, or `NULL`, which has no element. The
    /// input's reads are paths in those records.
    package var elements: CompiledExpression
}
