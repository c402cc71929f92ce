import HubProtocol
import NIOHTTP1
package import TelemetryJSON

/// Automatic device management. Source: contract iothub-rest section 7.
extension GatewayClient {
    /// Makes a configuration; refused with 409 when its id is taken.
    package func createConfiguration(
        _ id: String,
        _ configuration: JSONObject
    ) async throws(GatewayClientError) -> JSONObject {
        try await self.document(.PUT, GatewayClient.configurationPath(id), body: configuration)
    }

    /// Changes a configuration that is still the one of `etag`; its content cannot be changed.
    package func updateConfiguration(
        _ id: String,
        _ configuration: JSONObject,
        etag: String
    ) async throws(GatewayClientError) -> JSONObject {
        try await self.document(
            .PUT,
            GatewayClient.configurationPath(id),
            headers: GatewayClient.ifMatch(etag),
            body: configuration
        )
    }

    /// A configuration with its metrics; refused with 404 when unknown.
    package func configuration(_ id: String) async throws(GatewayClientError) -> JSONObject {
        try await self.document(.GET, GatewayClient.configurationPath(id))
    }

    /// All configurations; there are at most 100.
    package func configurations() async throws(GatewayClientError) -> [JSONObject] {
        try await self.documents(.GET, "/configurations", query: [("top", "100")]).items
    }

    /// Deletes a configuration and takes away what only it had set.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - etag: of the one the caller has read, bare; `nil`: whatever it is now.
    /// - Throws: refused with 404 when unknown, with 412 when it is another one.
    package func deleteConfiguration(_ id: String, etag: String? = nil) async throws(GatewayClientError) {
        _ = try await self.send(
            .DELETE,
            GatewayClient.configurationPath(id),
            headers: GatewayClient.ifMatch(etag)
        )
    }

    /// Says what is wrong with a target condition and with queries.
    ///
    /// - Parameters:
    ///   - condition: over tags and reported properties, or `*`.
    ///   - queries: by name.
    /// - Returns: `targetConditionError` and `customMetricQueryErrors`, null or without members where all is well.
    /// - Throws: `GatewayClientError`.
    package func testConfiguration(
        condition: String,
        queries: JSONObject
    ) async throws(GatewayClientError) -> JSONObject {
        try await self.document(
            .POST,
            "/configurations/testQueries",
            body: ["targetCondition": .string(condition), "customMetricQueries": .object(queries)]
        )
    }

    private static func configurationPath(_ id: String) -> String {
        "/configurations/\(PercentEncoding.encode(id))"
    }
}
