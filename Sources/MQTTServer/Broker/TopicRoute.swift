import MQTTCodec
import MQTTProtocol
import NIOCore

/// Who gets messages to one topic, kept between messages; confined to the event loop of its ``BrokerLoop``.
///
/// True as long as the tree of subscriptions does not change; then it is looked up again with the next message.
final class TopicRoute {
    let topic: ByteBuffer
    /// Subscribers; `nil` before the first look-up.
    private(set) var matches: Matches<BrokerSession>?
    /// Whether a direct subscriber is a persistent session that gets QoS 1 or 2.
    private(set) var hasPersistent = false
    /// ``SubscriptionTree/generation`` of what is kept.
    private var generation: UInt64 = 0

    /// Bytes of the longest topic that is remembered: 4,096 of 64 KiB would be 256 MiB.
    static let topicBytesKept = 1_024

    init(topic: ByteBuffer) {
        self.topic = topic
    }

    /// The subscribers, looked up when the tree has changed; under the broker's lock.
    func matches(in state: BrokerState) -> Matches<BrokerSession> {
        if let matches, self.generation == state.tree.generation { return matches }
        let matches = state.tree.matches(topic: self.topic)
        self.matches = matches
        self.generation = state.tree.generation
        self.hasPersistent = matches.direct.contains {
            $0.subscriber.isPersistent && $0.delivery.qos != .atMostOnce
        }
        return matches
    }
}
