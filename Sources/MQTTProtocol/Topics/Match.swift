/// A subscriber of a topic.
package struct Match<Subscriber> {
    package let subscriber: Subscriber
    /// What it gets of messages that others publish.
    package internal(set) var delivery: Delivery
    /// What it gets of its own messages; `nil` when every subscription that matches says No Local. [MQTT-3.8.3-3]
    package internal(set) var echo: Delivery?

    /// What it gets of a message, `nil` for nothing.
    package func delivery(ofOwnMessage isOwn: Bool) -> Delivery? {
        isOwn ? self.echo : self.delivery
    }

    mutating func merge(_ other: Match) {
        self.delivery.merge(other.delivery)
        guard let echo = other.echo else { return }
        self.echo?.merge(echo)
        if self.echo == nil { self.echo = echo }
    }
}
