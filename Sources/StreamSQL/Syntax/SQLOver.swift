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
