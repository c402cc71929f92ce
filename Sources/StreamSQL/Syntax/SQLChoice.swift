/// One `WHEN … THEN …`.
package struct SQLChoice: Equatable, Sendable {
    /// A condition, or a value the operand is compared with.
    package var when: SQLExpression
    package var then: SQLExpression
}
