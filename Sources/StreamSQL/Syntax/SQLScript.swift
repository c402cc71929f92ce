/// A query file as it was written: functions, steps, queries.
package struct SQLScript: Equatable, Sendable {
    package var functions: [SQLFunction]
    /// `WITH name AS (…), …`.
    package var steps: [SQLStep]
    /// One or more.
    package var queries: [SQLQuery]
}

/// `CREATE FUNCTION name(a, b) AS expression;`
package struct SQLFunction: Equatable, Sendable {
    package var name: String
    package var parameters: [String]
    package var body: SQLExpression
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLFunction, right: SQLFunction) -> Bool {
        left.name == right.name && left.parameters == right.parameters && left.body == right.body
    }
}

/// `name AS (…)` of `WITH`.
package struct SQLStep: Equatable, Sendable {
    package var name: String
    package var query: SQLQuery
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLStep, right: SQLStep) -> Bool {
        left.name == right.name && left.query == right.query
    }
}

/// A `SELECT`, or several joined by `UNION`.
package struct SQLQuery: Equatable, Sendable {
    /// One or more.
    package var selects: [SQLSelect]
    /// Whether a `UNION` without `ALL` is among them.
    package var removesDuplicates: Bool
}
