/// An expression as it was written. Two are equal when they mean the same: places do not count, nor do capitals where the
/// language knows none.
package struct SQLExpression: Sendable {
    /// What it is.
    package indirect enum Kind: Equatable, Sendable {
        case literal(SQLLiteral)
        /// A name and what follows it: `alias.column.member[0]`; never empty, and the first step is a name.
        case column([SQLPathStep])
        case negated(SQLExpression)
        case not(SQLExpression)
        /// Two or more, joined by `AND`.
        case all([SQLExpression])
        /// Two or more, joined by `OR`.
        case any([SQLExpression])
        case binary(SQLOperator, SQLExpression, SQLExpression)
        case isNull(SQLExpression, isNegated: Bool)
        case between(SQLExpression, low: SQLExpression, high: SQLExpression, isNegated: Bool)
        case isIn(SQLExpression, [SQLExpression], isNegated: Bool)
        case like(SQLExpression, pattern: SQLExpression, escape: SQLExpression?, isNegated: Bool)
        /// `CASE`; with an operand its simple form.
        case choice(operand: SQLExpression?, [SQLChoice], otherwise: SQLExpression?)
        case cast(SQLExpression, StreamType, isTry: Bool)
        case call(SQLCall)
        /// A member of something that is no column: `System.Window().Id`.
        case member(SQLExpression, [SQLPathStep])
    }

    /// What it is.
    package var kind: Kind
    /// Bytes from the start of the query.
    package var position: Int
    /// Expressions in one another, itself included.
    package var levels: Int

    init(_ kind: Kind, at position: Int, levels: Int = 1) {
        self.kind = kind
        self.position = position
        self.levels = levels
    }
}
