/// A call: a function, an aggregate, a window or a function of the user.
package struct SQLCall: Sendable {
    /// As it was written, with what stands before the point: `System.Timestamp`, `udf.celsius`.
    package var name: String
    package var arguments: [SQLExpression]
    /// `COUNT(*)`, `LAG(*)`: the star stands first, before ``arguments``.
    package var hasStar: Bool
    /// `COUNT(DISTINCT x)`.
    package var isDistinct: Bool
    /// `OVER (…)`.
    package var over: SQLOver?
}
