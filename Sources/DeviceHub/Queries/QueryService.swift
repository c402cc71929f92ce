package import HubProtocol

/// Runs fleet queries: contract twins section 8.
package final class QueryService: Sendable {
    /// One page of a query's rows.
    ///
    /// - Parameters:
    ///   - text: the query.
    ///   - pageSize: rows at most, 1 to 1,000.
    ///   - continuation: the token of an earlier page of the same query; `nil` for the first.
    /// - Returns: The page.
    /// - Throws: `argumentInvalid` with the place of the fault, or when the token is not of this query.
    package func run(
        _ text: String,
        pageSize: Int,
        continuation: String?
    ) async throws(HubError) -> QueryPage {
        throw HubError(.unavailable, "not there yet")
    }
}
