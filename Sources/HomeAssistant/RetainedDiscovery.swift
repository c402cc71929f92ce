import TelemetryJSON
import TelemetryModel

/// What the broker holds of an earlier run: its retained messages are the memory of what Home Assistant was told.
package struct RetainedDiscovery: Sendable {
    /// A message that makes an entity.
    struct Config: Sendable {
        var topic: String
        var device: IdentityID
        var entity: DiscoveredEntity
        var payload: [UInt8]
    }

    private(set) var configs: [Config] = []
    /// The other topics with retained messages of the gateway's own: availability and sensors.
    private(set) var topics: Set<String> = []

    /// What there is when nothing is.
    package init() {}

    /// Whether a topic's retained message must be shown to ``note(topic:payload:)``: cheap, and true for some that are not the
    /// gateway's.
    package static func isCandidate(topic: some BidirectionalCollection<UInt8>) -> Bool {
        topic.count > self.suffix.count && topic.suffix(self.suffix.count).elementsEqual(self.suffix)
    }

    private static let suffix = Array("/config".utf8)

    /// Takes in a retained message; one that is not the gateway's own changes nothing.
    package mutating func note(topic: String, payload: [UInt8]) {
        guard let json = (try? JSONValue(parsing: payload, depthMax: 8))?.object,
            json["origin"]?.object?["name"]?.string == DiscoveryPayload.origin,
            let found = json["unique_id"]?.string.flatMap({ DiscoveredEntity.parse(uniqueID: $0) }),
            // So that nothing else is taken away by a message that only looks like one.
            topic.hasSuffix(
                "/\(found.entity.component)/\(DiscoveryTopics.node(of: found.device))/"
                    + "\(DiscoveryID.encode(found.entity.name))/config"
            )
        else { return }
        self.configs.append(Config(topic: topic, device: found.device, entity: found.entity, payload: payload))
        let level = DiscoveryTopics.level(of: found.device)
        for (member, last) in [("availability_topic", "availability"), ("json_attributes_topic", "sensors")] {
            guard let topic = json[member]?.string, topic.hasSuffix("/\(level)/\(last)") else { continue }
            self.topics.insert(topic)
        }
    }

    /// What takes all of it away.
    package var removals: [DiscoveryMessage] {
        self.configs.map { .removal(of: $0.topic) } + self.topics.sorted().map { .removal(of: $0) }
    }
}
