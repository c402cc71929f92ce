import NIOHTTP1
import TelemetryJSON

extension GatewayClient {
    /// Rows of a page that the gateway gives at most.
    package static let rowsPerPage = 1_000

    /// One page of a fleet query's rows. Source: contract iothub-rest section 4.
    ///
    /// - Parameters:
    ///   - text: such as `SELECT * FROM devices WHERE tags.site = 'a'`.
    ///   - pageSize: 1 to ``rowsPerPage``; `nil`: the gateway's own choice.
    ///   - continuation: what the page before gave.
    /// - Returns: the page.
    /// - Throws: refused with 400 and the place of its fault.
    package func query(
        _ text: String,
        pageSize: Int? = nil,
        continuation: String? = nil
    ) async throws(GatewayClientError) -> DocumentPage {
        try await self.documents(
            .POST,
            "/devices/query",
            headers: GatewayClient.pageHeaders(size: pageSize, continuation: continuation),
            body: ["query": .string(text)]
        )
    }
}
