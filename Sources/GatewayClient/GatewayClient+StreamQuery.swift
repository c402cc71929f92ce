import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1
import TelemetryJSON
package import TelemetryModel

extension GatewayClient {
    /// Runs a query of the streams' SQL over stored records.
    ///
    /// - Parameters:
    ///   - text: the query.
    ///   - from: the first enqueue time; `nil`: as far back as the log goes.
    ///   - to: the first enqueue time no longer read; `nil`: the end.
    /// - Returns: results, dead letters and progress as JSON lines; a `summary` is the last one.
    /// - Throws: refused with 400 and the place of its fault.
    package func streamQuery(
        _ text: String,
        from: Timestamp?,
        to: Timestamp?
    ) async throws(GatewayClientError) -> RecordLines {
        var body: JSONObject = ["query": .string(text)]
        if let from { body["from"] = .string("\(from)") }
        if let to { body["to"] = .string("\(to)") }
        let response = try await self.send(
            .POST,
            "/streams/query",
            body: Data(body.bytes),
            isStream: true
        )
        return RecordLines(body: response.body, client: self)
    }

    /// Checks a query of the streams' SQL; returns its plan as an indented text.
    package func explainStreamQuery(_ text: String) async throws(GatewayClientError) -> String {
        let body: JSONObject = ["query": .string(text)]
        let response = try await self.send(.POST, "/streams/query/explain", body: Data(body.bytes))
        return try await self.decode(QueryExplanation.self, from: response).plan
    }

    /// The answer to a query that is to be explained.
    struct QueryExplanation: Decodable {
        var plan: String
    }
}
