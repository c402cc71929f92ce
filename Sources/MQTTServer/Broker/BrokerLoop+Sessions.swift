import Logging
import MQTTProtocol
import NIOCore
import TelemetryModel

extension BrokerLoop {
    /// What the store must do before a CONNECT is accepted.
    private enum StoreStep {
        case nothing
        case create(replacing: Int64?)
        case setExpiry(Int64)
        case delete(Int64)
    }

    // MARK: Attach

    /// Takes or makes the session of a CONNECT; the answer comes on this loop, exactly once.
    ///
    /// An older connection of the key is told to go, and waited for: it gives the session back when all that it began
    /// is durable. A still newer one takes this one's place. [MQTT-3.1.4-3]
    func attach(
        _ request: AttachRequest,
        subscriber: any BrokerSubscriber,
        answer: @escaping (Result<Attachment, AttachError>) -> Void
    ) {
        guard let slot else { return answer(.failure(.closed)) }
        let waiting = WaitingAttach(slot: slot, request: request, subscriber: subscriber, answer: answer)
        var displaced: WaitingAttach?
        var current: Attachment?
        var isFirst = false
        var refusal: AttachError?
        self.broker.withState { state in
            guard let place = state.slot(of: request.key) else {
                let isRoom = state.slots.count < state.configuration.sessionsMax
                refusal = isRoom ? .fullForPrincipal : .full
                return
            }
            guard place.isTaken else {
                place.isTaken = true
                isFirst = true
                return
            }
            displaced = exchange(&place.waiter, with: waiting)
            current = place.takeOver()
        }
        displaced?.giveUp()
        if let current { current.slot.eventLoop.execute { current.tellTakenOver() } }
        if let refusal { return answer(.failure(refusal)) }
        if isFirst { self.begin(waiting) }
    }

    /// The session's place is this CONNECT's: does what must be durable first.
    func begin(_ waiting: WaitingAttach) {
        let request = waiting.request
        let now = self.broker.clock()
        let granted = min(request.expirySeconds, self.broker.configuration.sessionExpirySecondsMax)
        var resumes = false
        var step = StoreStep.nothing
        self.broker.withState { state in
            let old = state.slots[request.key]?.session
            if let old, !request.cleanStart, state.isAlive(old, at: now) {
                resumes = true
                if old.expirySeconds != granted { step = .setExpiry(old.number) }
            } else if granted > 0 {
                step = .create(replacing: old?.number)
            } else if let old {
                step = .delete(old.number)
            }
        }
        if case .nothing = step { return self.finish(waiting, resumes: resumes, number: 0, granted: granted) }
        let store = self.broker.store
        self.eventLoop
            .makeFutureWithTask { [step] () async throws -> Int64 in
                switch step {
                case .nothing: break
                case .create(let old):
                    return try await store.createSession(request.key, expirySeconds: granted, replacing: old)
                case .setExpiry(let number): try await store.save(expirySeconds: granted, ofSession: number)
                case .delete(let number): try await store.deleteSessions([number])
                }
                return 0
            }
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let number):
                    self.finish(waiting, resumes: resumes, number: number, granted: granted)
                case .failure(let error):
                    self.vacate(request.key)
                    waiting.finish(.failure(.storeFailed("\(error)")))
                }
            }
    }

    private func finish(_ waiting: WaitingAttach, resumes: Bool, number: Int64, granted: UInt32) {
        let request = waiting.request
        let configuration = self.broker.configuration
        let will = request.will.map { self.broker.message(of: $0) }
        let now = self.broker.clock()
        var attached: Attachment?
        var due: JournaledWill?
        var dropped: JournaledWill?
        var isTakenOver = false
        var resumedSequence: UInt64?
        var revoked: (numbers: [Int64], next: WaitingAttach?)?
        self.broker.withState { state in
            guard let place = state.slots[request.key] else { return }
            if place.isRevoked {
                let old = exchange(&place.session, with: nil)
                due = old.flatMap { state.end($0) }
                let numbers = [number, old?.number ?? 0].filter { $0 != 0 }
                revoked = (numbers, state.leave(place))
                return
            }
            if !resumes, let old = place.session {
                due = state.end(old)  // [MQTT-3.1.2-4]
                place.session = nil
            }
            let session = place.session ?? BrokerSession(number: number, key: request.key, expirySeconds: granted)
            place.session = session
            session.use = place.use
            session.expirySeconds = granted
            session.disconnectedAt = nil
            if session.isPersistent {
                state.sessions[session.number] = session
                if resumes, granted != .max { state.disconnects[session.number] = .some(nil) }
            }
            if let will = exchange(&session.will, with: nil), state.finish(will) {  // [MQTT-3.1.3-9]
                if will.isDue(at: now) { due = will } else { dropped = will }
            }
            let windowMax = session.isPersistent ? BrokerLoop.windowMax : configuration.transientQueueMax
            let window = max(1, min(Int(request.receiveMaximum), windowMax))
            var flow =
                exchange(&session.flow, with: nil)
                ?? OutboundFlow(
                    receiveMaximum: window,
                    messagesMax: session.isPersistent ? .max : configuration.transientQueueMax,
                    bytesMax: configuration.clientQueueBytesMax
                )
            if resumes { flow.attach(receiveMaximum: window) }
            let attachment = Attachment(
                loop: self,
                slot: waiting.slot,
                session: session,
                sessionPresent: resumes,
                flow: flow,
                inbound: exchange(&session.inbound, with: nil) ?? InboundQoS2(countMax: configuration.inboundQoS2Max),
                will: will.map { state.arm($0, of: session, delaySeconds: request.will?.delaySeconds ?? 0) },
                subscriber: waiting.subscriber
            )
            session.attachment = attachment
            session.isClogged = false
            state.tree.wake(session, with: session.subscriptions)
            attached = attachment
            if exchange(&session.awaitsResume, with: false) { resumedSequence = state.lastSequence }
            if place.waiter != nil { isTakenOver = place.takeOver() != nil }
        }
        if let due { self.publish(due) }
        if let revoked {
            self.broker.forget(revoked.numbers)
            revoked.next?.resume()
            return waiting.finish(.failure(.storeFailed("the session's owner was deleted")))
        }
        if let dropped { self.journal(.ended(sequence: dropped.record.sequence), isIrrevocable: true) }
        guard let attached else { return waiting.finish(.failure(.closed)) }
        if let will = attached.will { self.journal(will) }  // [MQTT-3.1.2-7]
        let effect = JournalEffect.attached(attached, sequence: resumedSequence, waiting)
        if let resumedSequence {
            // Nothing that waited is sent before it is durable that it may have been.
            self.journal(
                .resumed(session: attached.session.number, sequence: resumedSequence),
                then: effect,
                isIrrevocable: false
            )
        } else if attached.will != nil {
            self.follow(with: effect)
        } else {
            waiting.finish(.success(attached))
        }
        if isTakenOver { self.eventLoop.assumeIsolated().execute { attached.tellTakenOver() } }
    }

    /// Open exchanges with a persistent session at most, whatever its client takes.
    private static let windowMax = 4_096

    /// Gives a place back that got no connection.
    private func vacate(_ key: SessionKey) {
        var place: SessionSlot?
        self.broker.withState { place = $0.slots[key] }
        if let place { self.broker.giveBack(place) }
    }

    // MARK: Detach

    /// A connection has ended and all it began is durable: the session is free.
    func finish(_ attachment: Attachment, publishesWill: Bool, expirySeconds: UInt32?) {
        let session = attachment.session
        let now = self.broker.clock()
        var next: WaitingAttach?
        var unsaved: SessionSlot?
        var endedNumber: Int64?
        var delayed: JournaledWill?
        // The log may have failed before it took the Will.
        var armed: JournaledWill?
        self.withEmptyInbox { state in
            if let will = attachment.will, state.finish(will) { armed = will }
            session.attachment = nil
            session.flow = attachment.flow
            session.inbound = attachment.inbound
            session.subscriptions = attachment.subscriptions
            if let expirySeconds {
                session.expirySeconds = min(expirySeconds, self.broker.configuration.sessionExpirySecondsMax)
            }
            guard let place = state.slots[session.key] else { return }
            if let permissions = place.permissions { state.narrow(session, to: permissions) }
            if session.isPersistent, session.expirySeconds > 0, !place.isRevoked {
                state.leave(session, at: now)
                if publishesWill, let will = armed {
                    let due = will.time.due(after: now, expirySeconds: session.expirySeconds)
                    if due > now { delayed = state.delay(will.message(at: due), of: session, until: due) }
                }
            } else {
                _ = state.end(session)
                place.session = nil
                if session.isPersistent { endedNumber = session.number }
            }
            guard place.session == nil || !session.isUnsaved else {
                unsaved = place
                return
            }
            next = state.leave(place)
        }
        if let armed {
            if publishesWill, delayed == nil {
                self.publish(armed)
            } else {
                self.journal(.ended(sequence: armed.record.sequence), isIrrevocable: true)  // [MQTT-3.1.2-10]
            }
        }
        if let delayed { self.journal(delayed) }
        if let endedNumber {
            self.broker.forget([endedNumber])
        } else if expirySeconds != nil, session.isPersistent {
            self.broker.saveExpiry(of: session.number, session.expirySeconds)
        }
        if let unsaved { self.broker.save(unsaved) }
        next?.resume()
    }

    /// Journals a Will with the end of the turn.
    private func journal(_ will: JournaledWill) {
        self.gather(
            PendingPublish(kind: .will(will), message: will.message, publisher: nil, packetID: 0, index: nil)
        )
        self.owner?.brokerNeedsTurn()
    }

    /// Publishes a Will whose connection, delay or session is over, and journals that.
    func publish(_ will: JournaledWill) {
        // When the log fails the message is lost with it. A restart publishes the Will, but not one long after the log is
        // open again: its client may be back since.
        self.journal(.ended(sequence: will.record.sequence), isIrrevocable: true)
        self.publish(will.message(at: self.broker.clock()), from: will.principal)
    }

    // MARK: Time

    /// Begins to look once a second what is due. One loop of a broker does it.
    func startTimer() {
        self.timer = self.eventLoop.assumeIsolated()
            .scheduleTask(in: .seconds(1)) {
                self.tick()
                self.startTimer()
            }
    }

    /// What has come to its time.
    func tick() {
        let due = self.broker.tick()
        for will in due.wills { self.publish(will) }
    }

    // MARK: Bodies

    /// Reads messages back from the log, off the event loop; `nil` for those that have no record, or cannot be read.
    func load(_ records: [JournalRecord?], then: @escaping ([BrokerMessage?]) -> Void) {
        self.broker.readBodies(records, on: self.eventLoop).assumeIsolated().whenSuccess(then)
    }
}

extension SessionSlot {
    /// The connection to send away, when there is one that was not told yet; under the broker's lock.
    func takeOver() -> Attachment? {
        guard !self.isTakenOver, let attachment = self.session?.attachment else { return nil }
        self.isTakenOver = true
        return attachment
    }
}

extension BrokerState {
    /// A place is free: for the one that waits, who is returned, or for anyone; without a session it is forgotten.
    func leave(_ place: SessionSlot) -> WaitingAttach? {
        place.isTakenOver = false
        place.isRevoked = false
        place.permissions = nil
        if let waiter = exchange(&place.waiter, with: nil) { return waiter }
        place.isTaken = false
        if place.session == nil { self.removeSlot(place.key) }
        return nil
    }
}
