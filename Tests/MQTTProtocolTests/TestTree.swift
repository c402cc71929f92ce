import MQTTProtocol
import NIOCore

/// A ``SubscriptionTree`` as an object: `#expect` cannot call what changes a value that is not copyable.
final class TestTree {
    private var tree = SubscriptionTree<TestSubscriber>()

    var count: Int { self.tree.count }
    var nodeCount: Int { self.tree.nodeCount }
    var generation: UInt64 { self.tree.generation }

    func subscribe(_ subscription: Subscription, by subscriber: TestSubscriber) -> Bool {
        self.tree.subscribe(subscription, by: subscriber)
    }

    func unsubscribe(fullFilter: String, by subscriber: TestSubscriber) -> Bool {
        self.tree.unsubscribe(fullFilter: fullFilter, by: subscriber)
    }

    func wake(_ subscriber: TestSubscriber, with subscriptions: [Subscription]) {
        self.tree.wake(subscriber, with: subscriptions)
    }

    func removeAll(of subscriber: TestSubscriber, with subscriptions: [Subscription]) {
        self.tree.removeAll(of: subscriber, with: subscriptions)
    }

    func matches(topic: String) -> Matches<TestSubscriber> {
        self.tree.matches(topic: ByteBuffer(string: topic))
    }
}
