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

/// A name and where it stands; the place does not count when two are compared.
package struct SQLName: Equatable, Sendable {
    package var text: String
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLName, right: SQLName) -> Bool {
        StreamText.areSame(left.text, right.text)
    }
}

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

/// What stands behind `FROM` or `JOIN`.
package struct SQLInput: Equatable, Sendable {
    /// Where the events come from.
    package indirect enum Source: Equatable, Sendable {
        /// A topic, a step, the registry or a file.
        case named(SQLName)
        /// A query between parentheses.
        case query(SQLQuery)
        /// The elements a function gives, behind `APPLY`.
        case elements(SQLExpression)
    }

    package var source: Source
    package var alias: SQLName?
    package var timestampBy: SQLExpression?
    /// `TIMESTAMP BY … OVER …`.
    package var over: [SQLExpression]
    package var partitionBy: [SQLExpression]
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLInput, right: SQLInput) -> Bool {
        left.source == right.source && left.alias == right.alias && left.timestampBy == right.timestampBy
            && left.over == right.over && left.partitionBy == right.partitionBy
    }
}

/// `[LEFT [OUTER]] JOIN … ON …`, `CROSS APPLY …` or `OUTER APPLY …`.
package struct SQLJoin: Equatable, Sendable {
    package var input: SQLInput
    /// `LEFT OUTER JOIN` or `OUTER APPLY`.
    package var isOuter: Bool
    /// `ON`; `nil` for `APPLY`.
    package var condition: SQLExpression?
}
