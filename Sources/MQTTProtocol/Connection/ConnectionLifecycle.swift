package import MQTTCodec

/// One server-side MQTT connection: CONNECT first and once, then a decision, then a keep-alive clock.
///
/// ```
/// awaitingConnect ──CONNECT──► authenticating ──accepted──► open ──DISCONNECT, fault, silence, expiry──► closed
///        └───────────── deadline, other packet ──┴─ refused, deadline ─────────────────────────────────────▲
/// ```
/// Pure: the caller owns socket and clock and carries out the returned action. `now` is monotonic. While
/// ``acceptsPackets`` is false the caller keeps what follows undecoded.
/// Spec: MQTT 5.0 §3.1, §3.1.2.10, §4.13; 3.1.1 differs where ``answer(to:)`` says.
package struct ConnectionLifecycle: ~Copyable {
    /// How long each phase may last.
    package struct Limits: Equatable, Sendable {
        /// From accept to a whole CONNECT, TLS handshake included.
        package var connectTimeout: Duration
        /// From CONNECT to the decision about it.
        package var authenticationTimeout: Duration
        /// The longest silence whatever the client asked for; also when it asked for none.
        ///
        /// Source: contract iothub-mqtt section 2 (1767 s).
        package var silenceMax: Duration

        /// Limits of one server.
        package init(
            connectTimeout: Duration = .seconds(10),
            authenticationTimeout: Duration = .seconds(10),
            silenceMax: Duration = .seconds(1_767)
        ) {
            self.connectTimeout = connectTimeout
            self.authenticationTimeout = authenticationTimeout
            self.silenceMax = silenceMax
        }
    }

    private enum State {
        case awaitingConnect(deadline: Duration)
        case authenticating(silenceLimit: Duration, deadline: Duration)
        case open(silenceLimit: Duration, lastPacket: Duration, expiry: Duration?)
        case closed
    }

    /// What to do with a packet.
    package enum PacketAction: Equatable, Sendable {
        /// Decide about the CONNECT; answer with ``accepted(expiry:at:)`` or ``close()``.
        case authenticate
        /// Serve the packet.
        case handle
        /// The client is done: close, and drop the Will. [MQTT-3.14.4-1] [MQTT-3.14.4-3]
        case end
        /// Close without an answer.
        case close(Violation)
    }

    /// A packet out of order.
    package enum Violation: Equatable, Sendable {
        /// The first packet is not CONNECT. [MQTT-3.1.0-1]
        case connectMissing
        /// A second CONNECT. [MQTT-3.1.0-2]
        case secondConnect
        /// A packet that only a server sends, AUTH, or one after the end. [MQTT-4.12.0-6]
        case unexpectedPacket

        /// What a DISCONNECT says of it.
        package var reasonCode: ReasonCode { .protocolError }
    }

    /// How the client is told that its connection ends.
    package enum Farewell: Equatable, Sendable {
        /// Write a DISCONNECT, then close. MQTT 5.0 §4.13.1
        case disconnect(ReasonCode)
        /// Close: the version has no packet for it, or CONNACK was not sent. [MQTT-3.14.0-1]
        case close
    }

    /// What to do when the clock moved.
    package enum TickAction: Equatable, Sendable {
        /// Nothing is due before this time.
        case wake(at: Duration)
        /// Close with ``ConnectionLifecycle/answer(to:)``, or a CONNACK when the decision took too long.
        case close(Timeout)
        /// The connection has ended: no more ticks.
        case stop
    }

    /// A time that ran out.
    package enum Timeout: Equatable, Sendable {
        case connect
        case authentication
        /// Silence of 1.5 × Keep Alive. [MQTT-3.1.2-22]
        case keepAlive
        /// The credentials' life ended.
        case expiry

        /// What a DISCONNECT says of it.
        package var reasonCode: ReasonCode {
            switch self {
            case .connect, .authentication: .unspecifiedError
            case .keepAlive: .keepAliveTimeout
            case .expiry: .maximumConnectTime
            }
        }
    }

    private let limits: Limits
    private var state: State
    /// Of the CONNECT; 3.1.1 before it.
    package private(set) var version = MQTTVersion.v311
    /// What CONNACK says of MQTT 5's Keep Alive, when it is not the client's own: one the server waits for.
    ///
    /// `nil` when the client's counts, and in 3.1.1, where a longer one is cut silently. [MQTT-3.1.2-21]
    package private(set) var serverKeepAliveSeconds: UInt16?
    /// Whether ``accepted(expiry:at:)`` let the client in, so that DISCONNECT is allowed.
    private var wasAccepted = false

    /// A connection whose socket was accepted at `now`.
    package init(acceptedAt now: Duration, limits: Limits) {
        self.limits = limits
        self.state = .awaitingConnect(deadline: now + limits.connectTimeout)
    }

    /// Whether the next packet may be decoded: false while a decision is awaited, and after the end.
    package var acceptsPackets: Bool {
        switch self.state {
        case .awaitingConnect, .open: true
        case .authenticating, .closed: false
        }
    }

    /// Whether no CONNECT has come.
    package var awaitsConnect: Bool {
        switch self.state {
        case .awaitingConnect: true
        case .authenticating, .open, .closed: false
        }
    }

    /// Whether the client was accepted and has not ended.
    package var isOpen: Bool {
        switch self.state {
        case .open: true
        case .awaitingConnect, .authenticating, .closed: false
        }
    }

    /// A packet arrived.
    package mutating func received(_ packet: PacketSummary, at now: Duration) -> PacketAction {
        switch (self.state, packet) {
        case (.open(let silenceLimit, _, let expiry), .fromClient):
            self.state = .open(silenceLimit: silenceLimit, lastPacket: now, expiry: expiry)
            return .handle
        case (.open, .disconnect):
            self.state = .closed
            return .end
        case (.open, .connect), (.authenticating, .connect):
            self.state = .closed
            return .close(.secondConnect)
        case (.awaitingConnect, .connect(let keepAliveSeconds, let version)):
            self.version = version
            self.serverKeepAliveSeconds = self.serverKeepAlive(keepAliveSeconds, version)
            self.state = .authenticating(
                silenceLimit: self.silenceLimit(keepAliveSeconds: keepAliveSeconds),
                deadline: now + self.limits.authenticationTimeout
            )
            return .authenticate
        case (.awaitingConnect, .disconnect), (.awaitingConnect, .authentication), (.awaitingConnect, .fromClient),
            (.awaitingConnect, .fromServer):
            self.state = .closed
            return .close(.connectMissing)
        case (.open, .fromServer), (.open, .authentication), (.authenticating, .authentication),
            (.authenticating, .fromClient), (.authenticating, .fromServer), (.authenticating, .disconnect),
            (.closed, _):
            self.state = .closed
            return .close(.unexpectedPacket)
        }
    }

    /// The client was accepted.
    ///
    /// - Parameters:
    ///   - expiry: when the credentials' life ends on the caller's clock; `nil` when it does not.
    ///   - now: the time; silence counts from here.
    /// - Returns: false when the connection has ended meanwhile, and nothing is to be sent.
    package mutating func accepted(expiry: Duration?, at now: Duration) -> Bool {
        switch self.state {
        case .authenticating(let silenceLimit, _):
            self.state = .open(silenceLimit: silenceLimit, lastPacket: now, expiry: expiry)
            self.wasAccepted = true
            return true
        case .awaitingConnect, .open, .closed:
            return false
        }
    }

    /// The caller does not read at the moment, so silence says nothing about the client: it counts from here.
    package mutating func notReading(at now: Duration) {
        switch self.state {
        case .open(let silenceLimit, _, let expiry):
            self.state = .open(silenceLimit: silenceLimit, lastPacket: now, expiry: expiry)
        case .awaitingConnect, .authenticating, .closed:
            break
        }
    }

    /// The connection ended for a reason of the caller's; false when it had ended already.
    package mutating func close() -> Bool {
        switch self.state {
        case .awaitingConnect, .authenticating, .open:
            self.state = .closed
            return true
        case .closed:
            return false
        }
    }

    /// How to tell the client why its connection ends, whatever ended it; 3.1.1 has no words for it.
    package func answer(to reason: ReasonCode) -> Farewell {
        switch self.version {
        case .v5 where self.wasAccepted: .disconnect(reason)
        case .v5, .v311: .close
        }
    }

    /// The time that was asked for came, or any other time.
    package mutating func tick(at now: Duration) -> TickAction {
        switch self.state {
        case .awaitingConnect(let deadline):
            return self.judge(due: deadline, .connect, at: now)
        case .authenticating(_, let deadline):
            return self.judge(due: deadline, .authentication, at: now)
        case .open(let silenceLimit, let lastPacket, let expiry):
            let silenceEnd = lastPacket + silenceLimit
            if let expiry, expiry <= silenceEnd { return self.judge(due: expiry, .expiry, at: now) }
            return self.judge(due: silenceEnd, .keepAlive, at: now)
        case .closed:
            return .stop
        }
    }

    private mutating func judge(due: Duration, _ timeout: Timeout, at now: Duration) -> TickAction {
        guard now >= due else { return .wake(at: due) }
        self.state = .closed
        return .close(timeout)
    }

    private func silenceLimit(keepAliveSeconds: UInt16) -> Duration {
        guard keepAliveSeconds > 0 else { return self.limits.silenceMax }
        return min(.milliseconds(1_500 * Int(keepAliveSeconds)), self.limits.silenceMax)
    }

    /// The longest Keep Alive whose silence is within the limit, for a client that asked for a longer one or none.
    private func serverKeepAlive(_ keepAliveSeconds: UInt16, _ version: MQTTVersion) -> UInt16? {
        let secondsMax = UInt16(clamping: 2 * self.limits.silenceMax.components.seconds / 3)
        guard version == .v5, secondsMax > 0, keepAliveSeconds == 0 || keepAliveSeconds > secondsMax else { return nil }
        return secondsMax
    }
}
