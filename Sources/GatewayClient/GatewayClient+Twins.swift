import AsyncHTTPClient
import NIOHTTP1
package import TelemetryJSON
package import TelemetryModel

/// Twins. Source: contract iothub-rest section 3; `at` and the history are Weir's own.
extension GatewayClient {
    /// A twin as the service sees it.
    ///
    /// - Parameters:
    ///   - id: `device` or `device/module`.
    ///   - time: as it was then, from the log; `nil`: now.
    /// - Returns: the document.
    /// - Throws: refused with 404 when the identity is unknown.
    package func twin(_ id: String, at time: Timestamp? = nil) async throws(GatewayClientError) -> JSONObject {
        let query = time.map { [(name: "at", value: $0.description)] } ?? []
        return try await self.document(.GET, GatewayClient.twinPath(id), query: query)
    }

    /// Merges tags and desired properties into a twin; `null` deletes.
    ///
    /// - Parameters:
    ///   - id: `device` or `device/module`.
    ///   - patch: `{"tags":{…},"properties":{"desired":{…}}}`.
    ///   - etag: of the twin the caller has read, bare; `nil`: whatever it is now.
    /// - Returns: the whole twin afterwards.
    /// - Throws: refused with 412 when it is another one, with 400 when a rule for content is broken.
    package func updateTwin(
        _ id: String,
        _ patch: JSONObject,
        etag: String? = nil
    ) async throws(GatewayClientError) -> JSONObject {
        try await self.document(
            .PATCH,
            GatewayClient.twinPath(id),
            headers: GatewayClient.ifMatch(etag),
            body: patch
        )
    }

    /// Replaces the tags and the desired properties of a twin; parameters as ``updateTwin(_:_:etag:)``.
    package func replaceTwin(
        _ id: String,
        _ twin: JSONObject,
        etag: String? = nil
    ) async throws(GatewayClientError) -> JSONObject {
        try await self.document(
            .PUT,
            GatewayClient.twinPath(id),
            headers: GatewayClient.ifMatch(etag),
            body: twin
        )
    }

    /// The changes of a twin as JSON lines, records of topic `twin-changes`, oldest first.
    ///
    /// - Parameters:
    ///   - id: `device` or `device/module`.
    ///   - from: `earliest`, an offset or an ISO 8601 time; the first record wanted.
    ///   - to: the first record no longer wanted.
    ///   - max: at most so many.
    /// - Returns: the lines, read as fast as the caller takes them.
    /// - Throws: `GatewayClientError`.
    package func twinHistory(
        _ id: String,
        from: String? = nil,
        to: String? = nil,
        max: Int? = nil
    ) async throws(GatewayClientError) -> RecordLines {
        var query = [(name: String, value: String)]()
        if let from { query.append(("from", from)) }
        if let to { query.append(("to", to)) }
        if let max { query.append(("max", "\(max)")) }
        let response = try await self.send(
            .GET,
            "\(GatewayClient.twinPath(id))/history",
            query: query,
            isStream: true
        )
        return RecordLines(body: response.body, client: self)
    }
}
