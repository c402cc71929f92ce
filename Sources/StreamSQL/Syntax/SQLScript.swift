/// A query file as it was written: functions, steps, queries.
package struct SQLScript: Equatable, Sendable {
    package var functions: [SQLFunction]
    /// `WITH name AS (…), …`.
    package var steps: [SQLStep]
    /// One or more.
    package var queries: [SQLQuery]
}
