/// A term of `ORDER BY`.
package struct SQLOrder: Equatable, Sendable {
    package var key: SQLExpression
    package var isDescending: Bool
}
