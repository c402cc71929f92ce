import MQTTCodec
import NIOCore

/// What publishing to one ordinary topic leads to, found out once per connection and topic.
final class PublishRoute {
    /// Own copy: a slice would keep the read buffer alive.
    let topic: ByteBuffer
    let isAllowed: Bool
    let rule: (any IngestRule)?
    /// `nil` when the message goes to the log only, or nowhere.
    let route: TopicRoute?

    init(topic: ByteBuffer, isAllowed: Bool, rule: (any IngestRule)?, route: TopicRoute?) {
        self.topic = topic
        self.isAllowed = isAllowed
        self.rule = rule
        self.route = route
    }
}
