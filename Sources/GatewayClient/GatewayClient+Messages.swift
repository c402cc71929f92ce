import AsyncHTTPClient
import FoundationEssentials
import HubProtocol
import NIOHTTP1
package import TelemetryJSON

/// Cloud-to-device messages. Source: contract iothub-rest section 6.
extension GatewayClient {
    /// What became of messages, locked for the reader until it says that it has it.
    package struct FeedbackBatch: Equatable, Sendable {
        /// For ``GatewayClient/completeFeedback(_:)`` and ``GatewayClient/abandonFeedback(_:)``.
        package var lock: String
        /// `originalMessageId`, `statusCode`, `deviceId` and more of each message.
        package var records: [JSONObject]
    }

    /// Puts a message into a device's queue; refused with 404 when the device is unknown, with 403 when 50 wait.
    package func sendMessage(_ message: OutgoingMessage) async throws(GatewayClientError) {
        _ = try await self.send(
            .POST,
            "/messages/devicebound",
            headers: message.headers,
            body: Data(message.payload),
            contentType: message.contentType
        )
    }

    /// Empties a device's queue.
    ///
    /// - Returns: How many messages there were.
    package func purgeMessages(of device: String) async throws(GatewayClientError) -> Int {
        let answer = try await self.document(.DELETE, "/devices\(GatewayClient.identityPath(device))/commands")
        return Int(answer["totalMessagesPurged"]?.integer ?? 0)
    }

    /// The next batch of feedback; `nil` when there is none.
    package func nextFeedback() async throws(GatewayClientError) -> FeedbackBatch? {
        let response = try await self.send(.GET, "/messages/serviceBound/feedback")
        guard response.status.code != 204 else { return nil }
        let etag = response.headers.first(name: "ETag") ?? ""
        let records = try await self.json(of: response).array ?? []
        return FeedbackBatch(lock: etag.filter { $0 != "\"" }, records: records.compactMap(\.object))
    }

    /// Removes a batch that was read.
    package func completeFeedback(_ lock: String) async throws(GatewayClientError) {
        _ = try await self.send(.DELETE, "/messages/serviceBound/feedback/\(PercentEncoding.encode(lock))")
    }

    /// Gives a batch back: the next reader gets it.
    package func abandonFeedback(_ lock: String) async throws(GatewayClientError) {
        _ = try await self.send(.POST, "/messages/serviceBound/feedback/\(PercentEncoding.encode(lock))/abandon")
    }
}
