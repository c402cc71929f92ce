import MQTTCodec

/// A subscriber with the options of one subscription, packed: 16 bytes, since there may be a million.
struct SubscriberEntry<Subscriber: AnyObject> {
    let subscriber: Subscriber
    /// 0 for none.
    private let identifier: UInt32
    private let options: UInt8

    init(_ subscriber: Subscriber, _ subscription: Subscription) {
        self.subscriber = subscriber
        self.identifier = subscription.identifier ?? 0
        self.options = subscription.options
    }

    var match: Match<Subscriber> {
        let delivery = Delivery(
            qos: QoS(rawValue: self.options & 0b11) ?? .atMostOnce,
            retainAsPublished: self.options & 0b1000 != 0,
            identifiers: self.identifier == 0 ? [] : [self.identifier]
        )
        let isNoLocal = self.options & 0b100 != 0
        return Match(subscriber: self.subscriber, delivery: delivery, echo: isNoLocal ? nil : delivery)
    }
}
