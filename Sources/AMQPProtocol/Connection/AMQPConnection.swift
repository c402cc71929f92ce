import DequeModule
package import NIOCore

/// The server's end of one AMQP 1.0 connection of a service that sends messages to devices.
///
/// ```
/// saslHeader ─▶ saslInit ─▶ amqpHeader ─▶ open ─▶ running ─▶ closing ─▶ closed
/// ```
/// - Pure: the owner has socket, clock and the stores, and carries out the effects in order. `now` is monotonic.
/// - Whatever the client sends: what is held of it is bounded by ``AMQPLimits``, as long as the owner reads nothing more
///   while ``mayRead`` is false; and it hears in AMQP's words what it did wrong.
/// - What became of its messages is told in the order in which they came.
/// - Nothing is delivered without a valid token; when it ends, the links that needed it end too.
///
/// Source: contract iothub-rest §6; AMQP 1.0 parts 2 and 5; AMQP claims-based security 1.0.
package struct AMQPConnection: Sendable {
    enum Phase: Equatable, Sendable {
        case saslHeader
        case saslInit
        case amqpHeader
        case open
        case running
        /// We have sent close, and wait for the client's.
        case closing(AMQPCloseReason, since: Duration)
        case closed
    }

    /// A token that is being checked, and where the answer goes.
    struct PendingCheck: Sendable {
        var channel: UInt16
        var sessionSerial: UInt64
        /// The link of the answer.
        var handle: UInt32
        var linkSerial: UInt64
        var correlationID: AMQPValue
    }

    /// A message that is not settled, and where the word of it goes.
    struct PendingMessage: Sendable {
        var channel: UInt16
        var sessionSerial: UInt64
        var delivery: AMQPDelivery
        var byteCount: Int
        /// What became of it, while an earlier message is not settled.
        var state: AMQPDeliveryState?
    }

    let limits: AMQPLimits
    /// The name that open answers.
    let containerID: String
    var phase = Phase.saslHeader
    var decoder: AMQPFrameDecoder
    var outbox = AMQPOutbox()
    var sessions: [UInt16: AMQPSession] = [:]
    var serialLast: UInt64 = 0
    var peerChannelMax = UInt16.max
    /// Our frames come at least twice as often.
    var peerIdleTimeout: Duration?
    /// When the client's token ends; `nil`: it has none.
    var authorizedUntil: Duration?
    var unauthorizedSince: Duration
    var checks: [UInt64: PendingCheck] = [:]
    var checkNext: UInt64 = 0
    var refusedTokens = 0
    var messages: Deque<PendingMessage> = []
    /// The number of the first of ``messages``.
    var messageFirst: UInt64 = 0
    private var unsettledBytes = 0
    var receivedLast: Duration
    var sentLast: Duration

    /// A connection whose socket, or TLS session, or WebSocket has just begun.
    ///
    /// - Parameters:
    ///   - containerID: the name it answers to `open` with: the hub's.
    ///   - limits: bounds.
    ///   - now: monotonic time.
    package init(containerID: String, limits: AMQPLimits = AMQPLimits(), acceptedAt now: Duration) {
        self.containerID = containerID
        self.limits = limits
        self.decoder = AMQPFrameDecoder(frameBytesMax: limits.handshakeFrameBytesMax)
        self.unauthorizedSince = now
        self.receivedLast = now
        self.sentLast = now
    }

    /// Whether the owner may read from the socket: not while too much is unsettled.
    package var mayRead: Bool { self.unsettledBytes < self.limits.unsettledBytesMax }

    /// Messages that were given to the owner, or wait for those before them, and are not settled.
    package var messagesUnsettled: Int { self.messages.count }

    /// Whether the connection has ended: nothing that comes has an effect.
    package var isClosed: Bool { self.phase == .closed }

    /// Whether the client has a valid token, as far as is known since the last input.
    package var isAuthorized: Bool { self.authorizedUntil != nil }

    // MARK: Inputs

    /// Bytes from the client, cut anyhow.
    package mutating func received(_ bytes: ByteBuffer, at now: Duration) -> [AMQPEffect] {
        guard !self.isClosed else { return [] }
        self.receivedLast = now
        self.endToken(at: now)
        self.decoder.append(bytes)
        var mayContinue = true
        while mayContinue, !self.isClosed {
            do throws(AMQPFault) {
                mayContinue = try self.step(at: now)
                try self.checkOutbox()
            } catch {
                self.fail(error, at: now)
            }
        }
        return self.takeEffects(at: now)
    }

    /// The answer to ``AMQPEffect/verify(_:)``.
    package mutating func tokenChecked(
        _ check: AMQPTokenCheck,
        _ outcome: AMQPTokenOutcome,
        at now: Duration
    ) -> [AMQPEffect] {
        guard !self.isClosed else { return [] }
        self.answer(check, outcome, at: now)
        return self.takeEffects(at: now)
    }

    /// The answer to ``AMQPEffect/deliver(_:_:)``; may come in any order.
    package mutating func messageDone(
        _ id: AMQPDeliveryID,
        _ outcome: CloudToDeviceOutcome,
        at now: Duration
    ) -> [AMQPEffect] {
        self.messageDone(id.number, outcome.state)
        return self.isClosed ? [] : self.takeEffects(at: now)
    }

    /// Ends the connection from this side, as AMQP asks for where it is open: the client may connect again.
    package mutating func shutDown(_ reason: AMQPCloseReason, at now: Duration) -> [AMQPEffect] {
        let error = AMQPError(.connectionForced, "the gateway ends the connection (\(reason.rawValue)); connect again")
        self.fail(.connection(error, reason), at: now)
        return self.takeEffects(at: now)
    }

    // MARK: Ends

    /// Ends what a fault ends.
    mutating func fail(_ fault: AMQPFault, at now: Duration) {
        guard case .connection(let error, let reason) = fault else {
            preconditionFailure("faults of sessions and links are handled where the session is known")
        }
        switch self.phase {
        case .saslHeader:
            // Whoever speaks something else is told what is spoken here. AMQP 1.0 part 2, §2.2.
            self.outbox.send(AMQPProtocolHeader.sasl)
            self.finish(reason == .malformed ? .wrongProtocol : reason)
        case .saslInit: self.finish(reason)
        case .amqpHeader:
            self.outbox.send(AMQPProtocolHeader.amqp)
            self.finish(reason == .malformed ? .wrongProtocol : reason)
        case .open:
            // A close must follow an open. AMQP 1.0 part 2, §2.4.1.
            self.outbox.send(.open(self.openAnswer), channel: 0)
            self.sendClose(error, reason, at: now)
        case .running: self.sendClose(error, reason, at: now)
        case .closing(let reason, _): self.finish(reason)
        case .closed: break
        }
    }

    private mutating func sendClose(_ error: AMQPError, _ reason: AMQPCloseReason, at now: Duration) {
        self.outbox.send(.close(error), channel: 0)
        self.forgetWork()
        // Behind bytes that cannot be read no close can be found.
        if reason == .malformed { self.finish(reason) } else { self.phase = .closing(reason, since: now) }
    }

    /// Closes the socket.
    mutating func finish(_ reason: AMQPCloseReason) {
        guard !self.isClosed else { return }
        self.phase = .closed
        self.forgetWork()
        self.decoder = AMQPFrameDecoder(frameBytesMax: 0)
        self.outbox.append(.close(reason))
    }

    /// Messages in work stay in the count until they are done: they hold memory.
    private mutating func forgetWork() {
        self.sessions = [:]
        self.checks = [:]
        self.authorizedUntil = nil
    }

    private mutating func checkOutbox() throws(AMQPFault) {
        guard self.outbox.takeFrameTooSmall() else { return }
        throw .connection(
            AMQPError(
                .frameSizeTooSmall,
                "an answer does not fit into the \(self.outbox.frameBytesMax) bytes that the client takes as a frame"
            ),
            .notAllowed
        )
    }

    mutating func takeEffects(at now: Duration) -> [AMQPEffect] {
        do throws(AMQPFault) {
            try self.checkOutbox()
        } catch {
            self.fail(error, at: now)
        }
        let effects = self.outbox.takeAll()
        if effects.contains(where: { if case .send = $0 { true } else { false } }) { self.sentLast = now }
        return effects
    }

    // MARK: Messages in work

    /// A message begins to be worked on, and is settled in its turn.
    mutating func begin(_ delivery: AMQPDelivery, of session: AMQPSession, state: AMQPDeliveryState?) -> AMQPDeliveryID
    {
        var delivery = delivery
        let byteCount = delivery.bytes.readableBytes
        delivery.bytes = ByteBuffer()
        self.unsettledBytes += byteCount
        self.messages.append(
            PendingMessage(
                channel: session.channel,
                sessionSerial: session.serial,
                delivery: delivery,
                byteCount: byteCount,
                state: state
            )
        )
        return AMQPDeliveryID(number: self.messageFirst + UInt64(self.messages.count) - 1)
    }

    private mutating func messageDone(_ number: UInt64, _ state: AMQPDeliveryState) {
        guard number >= self.messageFirst, number - self.messageFirst < UInt64(self.messages.count) else { return }
        let index = Int(number - self.messageFirst)
        guard self.messages[index].state == nil else { return }
        self.messages[index].state = state
        self.settleInOrder()
    }

    /// Tells the client of the messages at the front whose end is known.
    mutating func settleInOrder() {
        while let message = self.messages.first, let state = message.state {
            self.messages.removeFirst()
            self.messageFirst += 1
            self.unsettledBytes -= message.byteCount
            guard self.sessions[message.channel]?.serial == message.sessionSerial else { continue }
            self.sessions[message.channel]?.settle(
                message.delivery.handle,
                linkSerial: message.delivery.linkSerial,
                deliveryID: message.delivery.deliveryID,
                isSettled: message.delivery.isSettled,
                state,
                &self.outbox
            )
        }
    }
}
