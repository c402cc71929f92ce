/// `[LEFT [OUTER]] JOIN … ON …`, `CROSS APPLY …` or `OUTER APPLY …`.
package struct SQLJoin: Equatable, Sendable {
    package var input: SQLInput
    /// `LEFT OUTER JOIN` or `OUTER APPLY`.
    package var isOuter: Bool
    /// `ON`; `nil` for `APPLY`.
    package var condition: SQLExpression?
}
