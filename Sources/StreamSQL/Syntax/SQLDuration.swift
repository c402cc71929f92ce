/// `DURATION(unit, length)`.
package struct SQLDuration: Equatable, Sendable {
    package var unit: SQLExpression
    package var length: SQLExpression
}
