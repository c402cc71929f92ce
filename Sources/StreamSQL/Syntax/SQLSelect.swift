/// One `SELECT` as it was written.
package struct SQLSelect: Equatable, Sendable {
    package var items: [SQLItem]
    package var into: SQLName?
    package var from: SQLInput
    /// In order.
    package var joins: [SQLJoin]
    package var filter: SQLExpression?
    /// Keys and windows, in order.
    package var groupBy: [SQLExpression]
    package var having: SQLExpression?
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLSelect, right: SQLSelect) -> Bool {
        left.items == right.items && left.into == right.into && left.from == right.from && left.joins == right.joins
            && left.filter == right.filter && left.groupBy == right.groupBy && left.having == right.having
    }
}
