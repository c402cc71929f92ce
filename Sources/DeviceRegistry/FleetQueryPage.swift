package import FleetQuery
package import TelemetryJSON

/// Some rows of a query.
package struct FleetQueryPage: Equatable, Sendable {
    /// The rows: whole twins as the service reads them for `SELECT *`, else the columns.
    package var rows: [JSONObject]
    /// Where the next page begins; `nil` when there is none.
    package var next: QueryContinuation?

    /// A page.
    package init(rows: [JSONObject], next: QueryContinuation?) {
        self.rows = rows
        self.next = next
    }
}
