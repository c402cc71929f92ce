/// The life of the connection to the gateway, over and over: wait, connect, serve, renew the token, stop.
///
/// ```
///                ┌──────── lost / refused / no CONNACK in time ─────────┐
///                ▼                                                      │
///   start ─► waiting ─ time ─► connecting ─ CONNACK 0 ─► online ─ renewal due ─► renewing ─ drained ─► waiting(now)
///                                                          └─ stop ─► (drain) ─► finished
/// ```
/// Pure: the caller owns socket and clock. It carries out what ``next(at:backlog:)`` says, and reports what happened by
/// the other methods. Time is monotonic.
package struct Uplink: Sendable {
    package struct Timing: Equatable, Sendable {
        /// From TCP connect to CONNACK.
        package var connackMax: Duration = .seconds(30)
        /// How long a renewal waits for acknowledgements before it closes the old connection.
        package var drainMax: Duration = .seconds(10)
        /// How long a stop waits for acknowledgements.
        package var stopMax: Duration = .seconds(5)
        /// A connection that lived this long was good: the next failure starts the back-off anew.
        package var goodAfter: Duration = .seconds(10)

        package init() {}
    }

    /// Readings that are not the gateway's yet.
    package struct Backlog: Equatable, Sendable {
        package var waiting: Int
        package var inFlight: Int

        package init(waiting: Int, inFlight: Int) {
            self.waiting = waiting
            self.inFlight = inFlight
        }
    }

    package enum Action: Equatable, Sendable {
        /// No connection: do nothing before `until`.
        case rest(until: Duration)
        /// Make a new token and a new connection; then report ``connecting(at:)`` or ``lost(at:)``.
        case connect
        /// Serve the socket; come back at `until` at the latest. Give it readings only if `mayPublish`.
        case serve(mayPublish: Bool, until: Duration)
        /// Send DISCONNECT and close; then ask again.
        case close(CloseReason)
        case finish
    }

    package enum CloseReason: Equatable, Sendable {
        case noConnack
        case tokenRenewal
        case stopping
    }

    private enum State {
        case waiting(until: Duration)
        case connecting(deadline: Duration)
        case online(since: Duration, renewAt: Duration)
        case renewing(until: Duration)
        case finished
    }

    /// A century, which no process lives.
    private static let never: Duration = .seconds(3_155_760_000)

    private let timing: Timing
    private let tokenLife: TokenLife
    private var backoff: ReconnectBackoff
    private var state = State.waiting(until: .zero)
    private var stopBy: Duration?
    /// When the token of the connection under way was made.
    private var tokenMadeAt: Duration = .zero

    package init(timing: Timing, tokenLife: TokenLife, backoff: ReconnectBackoff) {
        self.timing = timing
        self.tokenLife = tokenLife
        self.backoff = backoff
    }

    package var isOnline: Bool {
        switch self.state {
        case .online, .renewing: true
        case .waiting, .connecting, .finished: false
        }
    }

    package mutating func next(at now: Duration, backlog: Backlog) -> Action {
        if let stopBy = self.stopBy { return self.nextWhileStopping(at: now, by: stopBy, backlog: backlog) }
        switch self.state {
        case .waiting(let until):
            guard now >= until else { return .rest(until: until) }
            self.tokenMadeAt = now
            return .connect
        case .connecting(let deadline):
            guard now < deadline else { return self.giveUp(at: now) }
            return .serve(mayPublish: false, until: deadline)
        case .online(_, let renewAt):
            guard now >= renewAt else { return .serve(mayPublish: true, until: renewAt) }
            self.state = .renewing(until: now + self.timing.drainMax)
            return self.next(at: now, backlog: backlog)
        case .renewing(let until):
            guard backlog.inFlight == 0 || now >= until else { return .serve(mayPublish: false, until: until) }
            self.state = .waiting(until: now)  // at once: nothing failed
            return .close(.tokenRenewal)
        case .finished:
            return .finish
        }
    }

    /// TCP is connected, or about to be; CONNECT is on its way.
    package mutating func connecting(at now: Duration) {
        self.state = .connecting(deadline: now + self.timing.connackMax)
    }

    /// CONNACK 0.
    ///
    /// - Parameters:
    ///   - now: The moment.
    ///   - hasToken: Whether a token was used, which ends; a certificate's connection is not renewed.
    package mutating func accepted(at now: Duration, hasToken: Bool = true) {
        let renewAfter = hasToken ? self.tokenLife.renewAfter : Self.never
        self.state = .online(since: now, renewAt: self.tokenMadeAt + renewAfter)
    }

    /// The connection failed or ended, whatever the reason; returns how long the next attempt waits.
    @discardableResult
    package mutating func lost(at now: Duration) -> Duration {
        switch self.state {
        case .online(let since, _) where now - since >= self.timing.goodAfter: self.backoff.reset()
        case .renewing: self.backoff.reset()
        case .online, .connecting, .waiting: break
        case .finished: return .zero
        }
        let wait = self.backoff.next()
        self.state = .waiting(until: now + wait)
        return wait
    }

    /// No more readings come; send what waits, within limits, and finish.
    package mutating func stop(at now: Duration) {
        guard self.stopBy == nil else { return }
        self.stopBy = now + self.timing.stopMax
        // One try at once, if there is anything to bring home; its failure ends the run.
        if case .waiting = self.state { self.state = .waiting(until: now) }
    }

    private mutating func nextWhileStopping(at now: Duration, by stopBy: Duration, backlog: Backlog) -> Action {
        let isDone = (backlog.waiting == 0 && backlog.inFlight == 0) || now >= stopBy
        switch self.state {
        case .waiting(let until):
            guard !isDone, now >= until, until < stopBy else {
                self.state = .finished
                return .finish
            }
            self.tokenMadeAt = now
            return .connect
        case .connecting, .online, .renewing:
            guard !isDone else {
                self.state = .finished
                return .close(.stopping)
            }
            return .serve(mayPublish: self.isOnline, until: stopBy)
        case .finished:
            return .finish
        }
    }

    private mutating func giveUp(at now: Duration) -> Action {
        self.lost(at: now)
        return .close(.noConnack)
    }
}
