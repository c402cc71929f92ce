import AsyncHTTPClient
import FoundationEssentials
import HubProtocol
import NIOHTTP1

extension GatewayClient {
    /// A topic with its settings.
    package func topic(_ name: String) async throws(GatewayClientError) -> TopicDescription {
        let query = name.hasPrefix("_") ? [(name: "hidden", value: "true")] : []
        let response = try await self.send(.GET, GatewayClient.path(ofTopic: name), query: query)
        return try await self.decode(TopicDescription.self, from: response)
    }

    /// Makes a topic; it is durable when this returns.
    package func createTopic(
        _ name: String,
        _ change: TopicChange = TopicChange()
    ) async throws(GatewayClientError) -> TopicDescription {
        let response = try await self.send(.PUT, GatewayClient.path(ofTopic: name), body: Data(change.json))
        return try await self.decode(TopicDescription.self, from: response)
    }

    /// Sets a topic anew, as far as the change says something.
    package func setTopic(
        _ name: String,
        _ change: TopicChange
    ) async throws(GatewayClientError) -> TopicDescription {
        let response = try await self.send(.PATCH, GatewayClient.path(ofTopic: name), body: Data(change.json))
        return try await self.decode(TopicDescription.self, from: response)
    }

    /// Deletes a topic and all its records.
    package func deleteTopic(_ name: String) async throws(GatewayClientError) {
        _ = try await self.send(.DELETE, GatewayClient.path(ofTopic: name))
    }

    /// Opens a topic that was fenced, or could not be opened, through recovery.
    package func reopenTopic(_ name: String) async throws(GatewayClientError) -> TopicDescription {
        let response = try await self.send(.POST, "\(GatewayClient.path(ofTopic: name))/reopen")
        return try await self.decode(TopicDescription.self, from: response)
    }

    static func path(ofTopic name: String) -> String {
        "/topics/\(PercentEncoding.encode(name))"
    }
}
