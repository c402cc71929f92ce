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
