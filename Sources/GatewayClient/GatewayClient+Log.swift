import AsyncHTTPClient
import HubProtocol
import NIOHTTP1

extension GatewayClient {
    /// What to read of a topic.
    package struct RecordQuery: Equatable, Sendable {
        /// `earliest`, `end`, an offset or an ISO 8601 time; the first record wanted.
        package var from: String?
        /// `end`, an offset or an ISO 8601 time; the first record no longer wanted.
        package var to: String?
        /// Only this device's (`device`, its modules included) or module's (`device/module`) records.
        package var device: String?
        /// Only this partition's records.
        package var partition: Int?
        /// At most so many records.
        package var max: Int?
        /// Wait for more at the end.
        package var follow: Bool

        /// A query; without limits the whole topic.
        package init(
            from: String? = nil,
            to: String? = nil,
            device: String? = nil,
            partition: Int? = nil,
            max: Int? = nil,
            follow: Bool = false
        ) {
            self.from = from
            self.to = to
            self.device = device
            self.partition = partition
            self.max = max
            self.follow = follow
        }
    }

    /// The topics of the log, by name; `hidden` adds the gateway's own, whose names begin with `_`.
    package func topics(hidden: Bool = false) async throws(GatewayClientError) -> [TopicDescription] {
        let query = hidden ? [(name: "hidden", value: "true")] : []
        return try await self.decode([TopicDescription].self, from: self.send(.GET, "/topics", query: query))
    }

    /// What the gateway says about itself.
    package func status() async throws(GatewayClientError) -> HubStatus {
        try await self.decode(HubStatus.self, from: self.send(.GET, "/hub"))
    }

    /// Records of a topic as JSON lines, oldest first; one request, read as fast as the caller takes them.
    package func records(
        of topic: String,
        _ query: RecordQuery = RecordQuery()
    ) async throws(GatewayClientError) -> RecordLines {
        var parameters = [(name: String, value: String)]()
        if let from = query.from { parameters.append(("from", from)) }
        if let to = query.to { parameters.append(("to", to)) }
        if let device = query.device { parameters.append(("device", device)) }
        if let partition = query.partition { parameters.append(("partition", "\(partition)")) }
        if let max = query.max { parameters.append(("max", "\(max)")) }
        if query.follow { parameters.append(("follow", "true")) }
        if topic.hasPrefix("_") { parameters.append(("hidden", "true")) }
        let path = "/topics/\(PercentEncoding.encode(topic))/records"
        let response = try await self.send(.GET, path, query: parameters, isStream: true)
        return RecordLines(body: response.body, client: self)
    }
}
