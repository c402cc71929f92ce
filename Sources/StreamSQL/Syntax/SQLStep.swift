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
