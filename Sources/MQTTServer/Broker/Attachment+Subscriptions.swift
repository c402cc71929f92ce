import MQTTCodec
import MQTTProtocol
import NIOCore

extension Attachment {
    /// Adds or replaces subscriptions that were granted; answers on the loop when they are durable, and SUBACK follows.
    ///
    /// Retained messages come behind the answer. [MQTT-3.3.1-9]
    func subscribe(_ subscriptions: [Subscription], answer: @escaping (Result<Void, any Error>) -> Void) {
        var all = self.subscriptions
        for subscription in subscriptions {
            if let position = all.firstIndex(where: { $0.fullFilter == subscription.fullFilter }) {
                all[position] = subscription  // [MQTT-3.8.4-3]
            } else {
                all.append(subscription)
            }
        }
        self.save(all) { result in
            if case .success = result { self.enter(subscriptions, all) }
            answer(result)
        }
    }

    /// Ends subscriptions; answers whether each was there. [MQTT-3.10.4-1]
    func unsubscribe(_ filters: [String], answer: @escaping (Result<[Bool], any Error>) -> Void) {
        let existed = filters.map { filter in self.subscriptions.contains { $0.fullFilter == filter } }
        let all = self.subscriptions.filter { !filters.contains($0.fullFilter) }
        self.save(all) { result in
            if case .success = result { self.leave(filters, all) }
            answer(result.map { existed })
        }
    }

    private func enter(_ subscriptions: [Subscription], _ all: [Subscription]) {
        self.subscriptions = all
        let session = self.session
        let configuration = self.loop.broker.configuration
        var retained: [(BrokerMessage, Delivery)] = []
        self.loop.broker.withState { state in
            session.subscriptions = all
            for subscription in subscriptions where !subscription.isHubFilter {
                let isNew = state.tree.subscribe(subscription, by: session)
                guard subscription.wantsRetained(isNew: isNew) else { continue }
                let delivery = Delivery(
                    qos: subscription.qos,
                    identifiers: subscription.identifier.map { [$0] } ?? []
                )
                let found = state.retained.search(
                    filter: subscription.filter,
                    visitsMax: configuration.retainedVisitsMax
                )
                for value in found.values { retained.append((value.message, delivery)) }
            }
        }
        for (message, delivery) in retained { self.send(retained: message, delivery) }
    }

    /// A retained message for a new subscription; one that a persistent session must acknowledge goes through the
    /// journal like any other.
    private func send(retained message: BrokerMessage, _ delivery: Delivery) {
        let qos = min(delivery.qos, message.qos)
        guard qos != .atMostOnce, self.session.isPersistent else {
            return self.offer(
                QueuedMessage(
                    qos: qos,
                    isRetained: true,  // [MQTT-3.3.1-8]
                    subscriptionIDs: delivery.identifiers,
                    message: message
                )
            )
        }
        self.loop.gather(
            PendingPublish(
                kind: .retained(self.session, delivery),
                message: message,
                publisher: nil,
                packetID: 0,
                index: nil
            )
        )
        self.loop.owner?.brokerNeedsTurn()
    }

    private func leave(_ filters: [String], _ all: [Subscription]) {
        self.subscriptions = all
        let session = self.session
        self.loop.broker.withState { state in
            session.subscriptions = all
            for filter in filters { _ = state.tree.unsubscribe(fullFilter: filter, by: session) }
        }
    }

    private func save(_ subscriptions: [Subscription], then: @escaping (Result<Void, any Error>) -> Void) {
        guard self.session.isPersistent, subscriptions != self.subscriptions else { return then(.success(())) }
        let store = self.loop.broker.store
        let number = self.session.number
        // The session must not go to another connection with a change on its way.
        self.uncommitted += 1
        self.loop.eventLoop
            .makeFutureWithTask { try await store.save(subscriptions: subscriptions, ofSession: number) }
            .assumeIsolated()
            .whenComplete { result in
                then(result)
                self.commit()
            }
    }
}
