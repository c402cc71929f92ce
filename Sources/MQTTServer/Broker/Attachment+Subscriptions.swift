import MQTTCodec
import MQTTProtocol
import NIOCore

extension Attachment {
    /// Which of the subscriptions that a packet asks for there is room for: all whose filter is there already, in the
    /// session or the packet, and new ones up to the bound.
    func room(for subscriptions: [Subscription]) -> [Bool] {
        let countMax = self.loop.broker.configuration.subscriptionsMax
        if self.subscriptions.count + subscriptions.count <= countMax {
            return Array(repeating: true, count: subscriptions.count)
        }
        var filters = Set(self.subscriptions.map { ExactText($0.fullFilter) })
        return subscriptions.enumerated().map { place, subscription in
            guard place < countMax else { return false }
            let filter = ExactText(subscription.fullFilter)
            guard filters.count < countMax else { return filters.contains(filter) }
            filters.insert(filter)
            return true
        }
    }

    /// Adds or replaces subscriptions that were granted; answers on the loop when they are durable, and SUBACK follows.
    ///
    /// The last of equal filters counts. Retained messages come behind the answer. [MQTT-3.3.1-9]
    func subscribe(_ subscriptions: [Subscription], answer: @escaping (Result<Void, any Error>) -> Void) {
        var all = self.subscriptions
        var positions: [ExactText: Int] = [:]
        for (position, subscription) in all.enumerated() { positions[ExactText(subscription.fullFilter)] = position }
        var changed: Set<Int> = []
        for subscription in subscriptions {
            let filter = ExactText(subscription.fullFilter)
            if let position = positions[filter] {
                all[position] = subscription  // [MQTT-3.8.4-3]
                changed.insert(position)
            } else {
                positions[filter] = all.count
                changed.insert(all.count)
                all.append(subscription)
            }
        }
        self.save(all) { result in
            if case .success = result { self.enter(changed.sorted().map { all[$0] }, all) }
            answer(result)
        }
    }

    /// Ends subscriptions; answers whether each was there. [MQTT-3.10.4-1]
    func unsubscribe(_ filters: [String], answer: @escaping (Result<[Bool], any Error>) -> Void) {
        var there = Set(self.subscriptions.map { ExactText($0.fullFilter) })
        let existed = filters.map { there.remove(ExactText($0)) != nil }
        let all = self.subscriptions.filter { there.contains(ExactText($0.fullFilter)) }
        let ended = zip(filters, existed).filter(\.1).map(\.0)
        self.save(all) { result in
            if case .success = result { self.leave(ended, all) }
            answer(result.map { existed })
        }
    }

    private func enter(_ subscriptions: [Subscription], _ all: [Subscription]) {
        self.subscriptions = all
        self.loop.broker.withState { _ in self.session.subscriptions = all }
        self.backlog.forget(Set(subscriptions.map { ExactText($0.fullFilter) }))
        var visitsLeft = RetainedBacklog.firstVisitsOfPacketMax
        // The lock is taken for each: others publish between them.
        for subscription in subscriptions where !subscription.isHubFilter { self.enter(subscription, &visitsLeft) }
        self.startRetained()
    }

    private func leave(_ filters: [String], _ all: [Subscription]) {
        self.subscriptions = all
        self.backlog.forget(Set(filters.map { ExactText($0) }))
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
