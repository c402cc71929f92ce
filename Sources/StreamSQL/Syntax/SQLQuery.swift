/// A `SELECT`, or several joined by `UNION`.
package struct SQLQuery: Equatable, Sendable {
    /// One or more.
    package var selects: [SQLSelect]
    /// Whether a `UNION` without `ALL` is among them.
    package var removesDuplicates: Bool
}
