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

/// `OVER ([PARTITION BY …] [ORDER BY …] [LIMIT DURATION(unit, length)] [WHEN …])`.
package struct SQLOver: Equatable, Sendable {
    package var partitionBy: [SQLExpression] = []
    package var orderBy: [SQLOrder] = []
    /// The arguments of `DURATION`.
    package var limit: SQLDuration?
    package var when: SQLExpression?
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLOver, right: SQLOver) -> Bool {
        left.partitionBy == right.partitionBy && left.orderBy == right.orderBy && left.limit == right.limit
            && left.when == right.when
    }
}

/// `DURATION(unit, length)`.
package struct SQLDuration: Equatable, Sendable {
    package var unit: SQLExpression
    package var length: SQLExpression
}

/// A term of `ORDER BY`.
package struct SQLOrder: Equatable, Sendable {
    package var key: SQLExpression
    package var isDescending: Bool
}
