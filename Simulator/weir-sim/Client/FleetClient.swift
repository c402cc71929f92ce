package import MQTTCodec

/// The client side of one device's MQTT 3.1.1 connection: connect, QoS 1 window, resend in order, keep-alive, leave.
///
/// Pure: the caller owns the socket and the clock and carries out the returned actions. `now` is monotonic. Invariants:
///
/// - Messages leave in the order of ``send(_:at:)``; after a reconnect the unacknowledged ones leave again, in the same
///   order, with DUP and their packet identifiers, before any new one [MQTT-4.4.0-1, 4.6.0-1].
/// - Nothing is sent while not ``State/open(_:)``, and never more than the window.
/// - Before a token ends the client leaves and comes back with a new one, at best with nothing in flight.
/// - Ending waits for acknowledgements, across reconnects, as long as the caller allows.
///
/// Small on purpose: a process holds 15,000 of them.
package struct FleetClient: Sendable {
    /// What is the same for a whole fleet.
    package struct Settings: Sendable {
        /// QoS 1 messages in flight, 1 ... 32768.
        package var window: Int
        /// PINGREQ after this long without a packet sent; the CONNECT's Keep Alive.
        package var keepAlive: Duration
        /// From the first byte to CONNACK.
        package var connectTimeout: Duration
        /// How long after opening a connection it is left for one with a new token.
        package var renewAfter: Duration
        /// How long a renewal waits for acknowledgements; behind it the rest is sent again on the new connection.
        package var renewalDrain: Duration

        /// The defaults of the fleet.
        package init(
            window: Int = 100,
            keepAlive: Duration = .seconds(60),
            connectTimeout: Duration = .seconds(30),
            renewAfter: Duration = .seconds(3_480),
            renewalDrain: Duration = .seconds(10)
        ) {
            self.window = window
            self.keepAlive = keepAlive
            self.connectTimeout = connectTimeout
            self.renewAfter = renewAfter
            self.renewalDrain = renewalDrain
        }
    }

    private struct Open {
        var since: Duration
        var lastSent: Duration
        /// When an unanswered PINGREQ was sent.
        var pingedAt: Duration?
        /// When the connection is left for one with a new token.
        var renewAt: Duration
        /// No new messages: the connection is left when the window is empty, or at this time.
        var renewalDeadline: Duration?
    }

    private enum State {
        case waiting(until: Duration)
        /// The shell opens the socket.
        case connecting
        case awaitingAnswer(deadline: Duration, renewAt: Duration)
        case open(Open)
        /// DISCONNECT is sent, the socket about to close.
        case left
        case refused
        case ended
    }

    /// The device takes no more messages and is over when all are acknowledged.
    private struct Ending {
        /// When to give up what is still unacknowledged; `nil`: never.
        var deadline: Duration?
    }

    private let settings: Settings
    private var state: State
    private var window: InFlightWindow
    private var delay: ReconnectDelay
    private var ending: Ending?

    /// A device that connects at once.
    ///
    /// - Parameters:
    ///   - settings: the fleet's.
    ///   - seed: of the reconnect delays.
    ///   - now: monotonic time.
    package init(settings: Settings, seed: UInt64, at now: Duration) {
        self.settings = settings
        self.state = .waiting(until: now)
        self.window = InFlightWindow(limit: settings.window)
        self.delay = ReconnectDelay(seed: seed)
    }

    // MARK: State

    /// Whether CONNACK 0 has come and the connection stands.
    package var isOpen: Bool {
        if case .open = self.state { true } else { false }
    }

    /// Whether a new message may be sent now.
    package var canSend: Bool {
        guard case .open(let open) = self.state else { return false }
        return open.renewalDeadline == nil && self.ending == nil && !self.window.isFull
    }

    /// Messages that were sent and wait for their acknowledgement.
    package var unacknowledgedCount: Int { self.window.unacknowledgedCount }

    /// Every unacknowledged message with its packet identifier, oldest first.
    package func forEachUnacknowledged(_ body: (UInt16, OutgoingMessage) -> Void) {
        self.window.forEachUnacknowledged(body)
    }

    // MARK: Connecting

    /// The socket is open: the caller sends CONNECT with a new token.
    package mutating func opened(at now: Duration) {
        self.state = .awaitingAnswer(
            deadline: now + self.settings.connectTimeout,
            renewAt: now + self.settings.renewAfter
        )
    }

    /// What a CONNACK asks for.
    package enum AnswerAction: Equatable, Sendable {
        /// Send ``forEachUnacknowledged(_:)`` again with DUP, then new messages.
        case resume
        /// Send DISCONNECT and close: the device was told to end meanwhile and has nothing in flight.
        case disconnect
        /// Close and report; ``closed(at:)`` says when to try again.
        case drop(ConnectionFault)
        /// Close; the device is refused for good.
        case giveUp(Refusal)
    }

    /// CONNACK came.
    ///
    /// - Parameters:
    ///   - code: its return code.
    ///   - now: monotonic time.
    /// - Returns: what to do.
    package mutating func answered(_ code: ConnectReturnCode, at now: Duration) -> AnswerAction {
        switch self.state {
        case .awaitingAnswer(_, let renewAt):
            switch code {
            case .accepted:
                guard self.ending == nil || !self.window.isEmpty else {
                    self.state = .left
                    return .disconnect
                }
                self.state = .open(Open(since: now, lastSent: now, renewAt: renewAt))
                return .resume
            case .serverUnavailable: return .drop(.unavailable)
            case .unacceptableProtocolVersion: return self.giveUp(.protocolLevel)
            case .identifierRejected: return self.giveUp(.clientID)
            case .badUserNameOrPassword: return self.giveUp(.userName)
            case .notAuthorized: return self.giveUp(.credentials)
            }
        case .waiting, .connecting, .open, .left, .refused, .ended:
            return .drop(.protocolError("a CONNACK that was not asked for"))
        }
    }

    private mutating func giveUp(_ refusal: Refusal) -> AnswerAction {
        self.state = .refused
        return .giveUp(refusal)
    }

    /// What a lost socket asks for.
    package enum CloseAction: Equatable, Sendable {
        /// Call ``tick(at:)`` again at this time.
        case wake(at: Duration)
        /// Nothing more will happen.
        case ended
    }

    /// The socket is closed or could not be opened.
    package mutating func closed(at now: Duration) -> CloseAction {
        switch self.state {
        case .refused, .ended:
            return .ended
        case .left:
            return self.wait(until: now, at: now)
        case .open(let open):
            // A connection that lasted was fine; one that did no work counts as a failed attempt.
            if now - open.since >= ReconnectDelay.longest { self.delay.reset() }
            return self.wait(until: now + self.delay.next(), at: now)
        case .waiting, .connecting, .awaitingAnswer:
            return self.wait(until: now + self.delay.next(), at: now)
        }
    }

    private mutating func wait(until time: Duration, at now: Duration) -> CloseAction {
        if let ending = self.ending, self.window.isEmpty || ending.deadline.map({ now >= $0 }) ?? false {
            self.state = .ended
            return .ended
        }
        self.state = .waiting(until: time)
        return .wake(at: min(time, self.ending?.deadline ?? time))
    }

    // MARK: Messages

    /// Takes a message that the caller sends now; ``canSend`` is true.
    ///
    /// - Parameters:
    ///   - message: kept until it is acknowledged.
    ///   - now: monotonic time.
    /// - Returns: its packet identifier.
    package mutating func send(_ message: OutgoingMessage, at now: Duration) -> UInt16 {
        precondition(self.canSend, "canSend is asked before send")
        if case .open(var open) = self.state {
            open.lastSent = now
            self.state = .open(open)
        }
        return self.window.append(message)
    }

    /// What a PUBACK means.
    package enum AcknowledgeAction: Equatable, Sendable {
        /// The message with this number is stored.
        case stored(number: Int)
        /// The same, and it was the last one before leaving: send DISCONNECT and close.
        case storedLast(number: Int)
        /// No message in flight has this identifier: nothing to do. A gateway may acknowledge both a message and its
        /// repeat.
        case unknown
    }

    /// PUBACK came.
    package mutating func acknowledged(_ id: UInt16) -> AcknowledgeAction {
        switch self.state {
        case .open(let open):
            guard let number = self.window.acknowledge(id) else { return .unknown }
            self.delay.reset()
            guard self.window.isEmpty, self.ending != nil || open.renewalDeadline != nil else {
                return .stored(number: number)
            }
            self.state = .left
            return .storedLast(number: number)
        case .waiting, .connecting, .awaitingAnswer, .left, .refused, .ended:
            return .unknown
        }
    }

    // MARK: Ending

    /// What the wish to end asks for.
    package enum EndAction: Equatable, Sendable {
        /// Acknowledgements or a connection are on their way: go on, and call ``tick(at:)`` now.
        case wait
        /// Send DISCONNECT and close.
        case disconnect
        /// There is nothing to wait for.
        case ended
    }

    /// The device is done: it takes no more messages and ends when all are acknowledged.
    ///
    /// - Parameters:
    ///   - patience: how long to wait for that; `nil`: until the gateway has acknowledged everything.
    ///   - now: monotonic time.
    /// - Returns: what to do.
    package mutating func end(within patience: Duration?, at now: Duration) -> EndAction {
        self.ending = Ending(deadline: patience.map { now + $0 })
        switch self.state {
        case .open:
            guard self.window.isEmpty else { return .wait }
            self.state = .left
            return .disconnect
        case .waiting:
            guard self.window.isEmpty else { return .wait }
            self.state = .ended
            return .ended
        case .connecting, .awaitingAnswer, .left:
            return .wait
        case .refused, .ended:
            return .ended
        }
    }

    // MARK: Time

    /// What the clock asks for.
    package enum TickAction: Equatable, Sendable {
        /// Nothing before this time.
        case wake(at: Duration)
        /// Open the socket.
        case connect
        /// Send PINGREQ.
        case ping
        /// Close and report.
        case drop(ConnectionFault)
        /// Send DISCONNECT and close.
        case disconnect
        /// Close, if there is a socket: the caller's patience is over, nothing more will happen.
        case abandon
        /// Nothing more will happen by time alone.
        case stop
    }

    /// Time has passed.
    package mutating func tick(at now: Duration) -> TickAction {
        let deadline = self.ending?.deadline
        let isOver = deadline.map { now >= $0 } ?? false
        switch self.state {
        case .waiting(let until):
            if isOver { return self.abandon() }
            guard now >= until else { return .wake(at: min(until, deadline ?? until)) }
            self.state = .connecting
            return .connect
        case .connecting:
            if isOver { return self.abandon() }
            return deadline.map { .wake(at: $0) } ?? .stop
        case .awaitingAnswer(let answerDeadline, _):
            if isOver { return self.abandon() }
            return now >= answerDeadline
                ? .drop(.noAnswer) : .wake(at: min(answerDeadline, deadline ?? answerDeadline))
        case .open(let open):
            return isOver ? self.leave() : self.tick(open, at: now, deadline: deadline)
        case .left, .refused, .ended:
            return .stop
        }
    }

    private mutating func abandon() -> TickAction {
        self.state = .ended
        return .abandon
    }

    private mutating func leave() -> TickAction {
        self.state = .left
        return .disconnect
    }

    private mutating func tick(_ open: Open, at now: Duration, deadline: Duration?) -> TickAction {
        var open = open
        var wake: Duration
        if let renewalDeadline = open.renewalDeadline {
            guard now < renewalDeadline else { return self.leave() }
            wake = renewalDeadline
        } else if now >= open.renewAt {
            guard !self.window.isEmpty else { return self.leave() }
            open.renewalDeadline = now + self.settings.renewalDrain
            wake = now + self.settings.renewalDrain
        } else {
            wake = open.renewAt
        }
        if let pingedAt = open.pingedAt {
            guard now - pingedAt < self.settings.keepAlive else { return .drop(.silent) }
            wake = min(wake, pingedAt + self.settings.keepAlive)
        } else if now - open.lastSent >= self.settings.keepAlive {  // [MQTT-3.1.2-23]
            open.pingedAt = now
            open.lastSent = now
            self.state = .open(open)
            return .ping
        } else {
            wake = min(wake, open.lastSent + self.settings.keepAlive)
        }
        self.state = .open(open)
        return .wake(at: min(wake, deadline ?? wake))
    }

    /// PINGRESP came.
    package mutating func pingAnswered() {
        guard case .open(var open) = self.state else { return }
        open.pingedAt = nil
        self.state = .open(open)
    }
}
