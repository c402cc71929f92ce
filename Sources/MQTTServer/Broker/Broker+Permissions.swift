import Logging
package import MQTTProtocol
import NIOCore
package import TelemetryModel

extension Broker {
    /// Judges the sessions of a principal by what it may do now: filters it may not have any more leave tree, session and
    /// store, Wills that wait and may not be published are dropped.
    ///
    /// What was queued for such a filter is abandoned when the session is opened, by ``Attachment/open(permissions:)``. A
    /// session that a connection has leaves the tree at once and is judged again when it comes back. Looks at every session
    /// there is.
    package func judgeSessions(of principal: Principal, by permissions: (_ clientID: String) -> TopicPermissions) {
        var unsaved: [SessionSlot] = []
        var wills: [JournaledWill] = []
        var loop: LoopSlot?
        self.withState { state in
            loop = state.loops.first
            for place in state.slots.values where place.key.principal == principal {
                let permissions = permissions(place.key.clientID)
                if place.isTaken { place.permissions = permissions }
                guard let session = place.session else { continue }
                if let will = session.will, !will.message.isTelemetry,
                    !permissions.allowsPublish(topic: will.message.topic)
                {
                    session.will = nil
                    if state.finish(will) { wills.append(will) }
                }
                state.narrow(session, to: permissions)
                guard session.isUnsaved, !place.isTaken else { continue }
                place.isTaken = true
                unsaved.append(place)
            }
        }
        for place in unsaved { self.save(place) }
        guard let loop, !wills.isEmpty else { return }
        let dropped = wills
        loop.eventLoop.execute {
            for will in dropped {
                loop.loop.value.journal(.ended(sequence: will.record.sequence), isIrrevocable: true)
            }
        }
    }

    /// Stores the subscriptions of a session that was narrowed, and gives its place back.
    func save(_ place: SessionSlot) {
        var number: Int64 = 0
        var subscriptions: [Subscription] = []
        self.withState { _ in
            guard let session = place.session else { return }
            session.isUnsaved = false
            number = session.number
            subscriptions = session.subscriptions
        }
        guard number != 0 else { return self.giveBack(place) }
        Task { [number, subscriptions] in
            do {
                try await self.store.save(subscriptions: subscriptions, ofSession: number)
            } catch {
                // They are judged again at the next CONNECT.
                self.logger.error("revoked subscriptions not deleted", metadata: ["error": "\(error)"])
            }
            self.giveBack(place)
        }
    }

    /// A place is free that has no connection; a session whose principal was deleted meanwhile ends.
    func giveBack(_ place: SessionSlot) {
        var next: WaitingAttach?
        var endedNumber: Int64?
        var due: JournaledWill?
        var loop: LoopSlot?
        self.withState { state in
            loop = state.loops.first
            if place.isRevoked, let session = exchange(&place.session, with: nil) {
                due = state.end(session)
                if session.isPersistent { endedNumber = session.number }
            } else if let session = place.session {
                state.scheduleEnd(of: session)
            }
            next = state.leave(place)
        }
        if let endedNumber { self.forget([endedNumber]) }
        next?.resume()
        guard let loop, let will = due else { return }
        loop.eventLoop.execute { loop.loop.value.publish(will) }
    }
}

extension BrokerState {
    /// Takes off a session the filters that its principal may not have any more.
    func narrow(_ session: BrokerSession, to permissions: TopicPermissions) {
        let revoked = session.subscriptions.filter { !permissions.allows($0) }
        guard !revoked.isEmpty else { return }
        self.tree.removeAll(of: session, with: revoked)
        session.subscriptions.removeAll { !permissions.allows($0) }
        session.isUnsaved = session.isPersistent
    }
}

extension TopicPermissions {
    /// Filters of the hub's own are judged by the hub's rules.
    fileprivate func allows(_ subscription: Subscription) -> Bool {
        subscription.isHubFilter || self.allowsSubscribe(filter: subscription.fullFilter)
    }
}
