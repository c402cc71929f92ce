/// What stands behind `SELECT`, between commas.
package enum SQLItem: Equatable, Sendable {
    /// `*`, or `alias.*`.
    case star(of: SQLName?, position: Int)
    case expression(SQLExpression, alias: SQLName?)

    package static func == (left: SQLItem, right: SQLItem) -> Bool {
        switch (left, right) {
        case (.star(let a, _), .star(let b, _)): a == b
        case (.expression(let a, let b), .expression(let c, let d)): a == c && b == d
        case (.star, _), (.expression, _): false
        }
    }
}
