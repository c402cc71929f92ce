import AsyncHTTPClient
import FoundationEssentials
import HubProtocol
import NIOCore
import NIOHTTP1
package import TelemetryJSON

/// Documents of the contract travel as JSON trees: what the gateway says is shown and handed on as it came.
extension GatewayClient {
    /// One page of a list that continues behind it.
    package struct DocumentPage: Equatable, Sendable {
        /// The entries in the gateway's order.
        package var items: [JSONObject]
        /// `x-ms-item-type`: `Twin`, `DeviceJob` or `Raw` for a query's rows.
        package var itemType: String?
        /// What to give back for the next page; `nil` behind the last one.
        package var continuation: String?

        /// A page.
        package init(items: [JSONObject], itemType: String? = nil, continuation: String? = nil) {
            self.items = items
            self.itemType = itemType
            self.continuation = continuation
        }
    }

    /// The path of an identity's twin, `device` or `device/module`.
    static func twinPath(_ id: String) -> String {
        "/twins\(GatewayClient.identityPath(id))"
    }

    /// `/device` or `/device/modules/module`, percent-encoded.
    static func identityPath(_ id: String) -> String {
        let parts = id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return "/" + parts.map { PercentEncoding.encode(String($0)) }.joined(separator: "/modules/")
    }

    /// The header that asks for the state of a bare etag; `nil`: for whatever is there.
    static func ifMatch(_ etag: String?) -> [(name: String, value: String)] {
        [("If-Match", etag.map { "\"\($0)\"" } ?? "*")]
    }

    /// The headers that ask for a page.
    static func pageHeaders(size: Int?, continuation: String?) -> [(name: String, value: String)] {
        var headers = [(name: String, value: String)]()
        if let size { headers.append(("x-ms-max-item-count", "\(size)")) }
        if let continuation { headers.append(("x-ms-continuation", continuation)) }
        return headers
    }

    /// Sends a request with a JSON body and reads the JSON object of the answer.
    func document(
        _ method: HTTPMethod,
        _ path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: JSONObject? = nil,
        timeout: TimeAmount = GatewayClient.answerTimeout
    ) async throws(GatewayClientError) -> JSONObject {
        let response = try await self.send(
            method,
            path,
            query: query,
            headers: headers,
            body: body.map { Data($0.bytes) },
            timeout: timeout
        )
        guard let object = try await self.json(of: response).object else {
            throw .unexpectedAnswer(address: self.connection.address, detail: "an answer that is not a JSON object")
        }
        return object
    }

    /// Sends a request and reads the JSON array of objects in the answer, with what continues it.
    func documents(
        _ method: HTTPMethod,
        _ path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: JSONObject? = nil
    ) async throws(GatewayClientError) -> DocumentPage {
        let response = try await self.send(
            method,
            path,
            query: query,
            headers: headers,
            body: body.map { Data($0.bytes) }
        )
        guard let array = try await self.json(of: response).array else {
            throw .unexpectedAnswer(address: self.connection.address, detail: "an answer that is not a JSON array")
        }
        return DocumentPage(
            items: array.compactMap(\.object),
            itemType: response.headers.first(name: "x-ms-item-type"),
            continuation: response.headers.first(name: "x-ms-continuation")
        )
    }

    /// Reads an answer whole, as JSON.
    func json(of response: HTTPClientResponse) async throws(GatewayClientError) -> JSONValue {
        let bytes = try await self.bytes(of: response)
        do throws(JSONError) {
            return try JSONValue(parsing: bytes.readableBytesView)
        } catch {
            throw .unexpectedAnswer(address: self.connection.address, detail: "an answer that is not JSON: \(error)")
        }
    }
}
