package import FleetQuery

/// Queries over the twins of devices and modules. Calls block on the database.
package protocol QueryStore: Sendable {
    /// One page of a query's rows, in the order of ids; all of it as the registry is at one moment.
    ///
    /// An aggregated query looks at all twins for each of its pages. Another one looks at so many rows of the table as a page
    /// may, so that a page can be short, or empty, and have a next one.
    ///
    /// - Parameters:
    ///   - query: over `devices` or `devices.modules`.
    ///   - limit: rows of the page at most, 1 or more.
    ///   - continuation: where the page before ended; `nil` for the first.
    ///   - live: what is not in the registry.
    /// - Returns: The page.
    /// - Throws: When it makes too many groups, asks for another collection, or the database fails.
    func run(
        _ query: CompiledQuery,
        limit: Int,
        after continuation: QueryContinuation?,
        live: LiveColumns
    ) throws(QueryRefusal) -> FleetQueryPage
}
