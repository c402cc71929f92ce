package import EdgeCore
import Synchronization
package import TelemetryModel

/// The wall clock as far as it is trusted: ``BootClock`` behind a lock, looked at by the uplink and asked by all.
///
/// Each change is logged once. What was known is remembered in a file of the state folder, so that the next boot's
/// certificates are not checked as of 1970: when the time becomes known, once a day, and at the end.
package final class WallClock: Sendable {
    /// What `getDiagnostics` says; health messages have the source.
    package struct Report: Equatable, Sendable {
        /// `nil` while nobody knows the time.
        package var source: BootClock.Source?
        /// Steps of the clock since the start.
        package var steps: Int
        /// What the system's clock is wrong by.
        package var systemError: Duration?
    }

    private struct State {
        var clock: BootClock
        var floor: Timestamp
        var rememberedAt: BootInstant?
        var steps = 0
        /// Steps that nobody has taken yet, the newest.
        var events: [Reading] = []
    }

    /// Steps that wait to be sent at most: a clock that steps all the time must not fill the memory.
    private static let eventsMax = 16

    private static let rememberInterval: Duration = .seconds(86_400)

    private let system: SystemClock
    private let journal: Journal
    private let memory: TimeMemory?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - configuration: Whose clock is trusted.
    ///   - system: The clocks.
    ///   - memory: Where the time is remembered; `nil` for nowhere.
    ///   - journal: The log.
    package init(_ configuration: AgentConfiguration, system: SystemClock, memory: TimeMemory?, journal: Journal) {
        // Without TLS the gateway is on this machine, and has the same clock.
        let trustsSystem = configuration.clock.trustsSystem || !configuration.tls.enabled
        let clock = BootClock(released: AgentVersion.released, trustsSystem: trustsSystem)
        let floor = max(AgentVersion.released, memory?.time ?? AgentVersion.released)
        self.system = system
        self.journal = journal
        self.memory = memory
        self.state = Mutex(State(clock: clock, floor: floor))
        self.look()
    }

    /// What an instant of this boot is called on the wall clock; `nil` while nobody knows.
    package func date(of instant: BootInstant) -> Timestamp? {
        self.state.withLock { $0.clock.date(of: instant) }
    }

    /// Milliseconds from boot time to wall time; `nil` while nobody knows.
    package var trustedOffset: Int64? { self.state.withLock { $0.clock.offsetMilliseconds } }

    /// Now; `nil` while nobody knows.
    package var now: Timestamp? { self.date(of: self.system.instant) }

    /// An instant of this boot for a person: its wall time, or the seconds since the boot.
    package func text(of instant: BootInstant) -> String {
        self.date(of: instant).map { "\($0)" } ?? "\(instant.milliseconds / 1_000) s after the boot"
    }

    package var report: Report {
        let look = self.system.look()
        return self.state.withLock { state in
            let error = state.clock.date(of: look.instant).map { look.wall - $0 }
            return Report(source: state.clock.source, steps: state.steps, systemError: error)
        }
    }

    /// As of when certificates are checked.
    package var verificationTime: VerificationTime {
        if let now = self.now { return .known(now) }
        return VerificationTime(wall: self.system.wallTime, floor: self.state.withLock { $0.floor })
    }

    /// Whether the gateway should be asked.
    package func needsGateway(interval: Duration) -> Bool {
        let instant = self.system.instant
        return self.state.withLock { $0.clock.needsGateway(at: instant, interval: interval) }
    }

    /// Looks at the system's clocks; cheap enough for every second.
    ///
    /// - Returns: What happened, for whoever reports it.
    @discardableResult
    package func look() -> BootClock.Event? {
        let look = self.system.look()
        let event = self.state.withLock { $0.clock.observe(look) }
        self.follow(event, at: look)
        return event
    }

    /// Takes the gateway's answer, which came over a verified connection.
    @discardableResult
    func gatewayAnswered(_ answer: TimeAnswer, roundTrip: Duration) -> BootClock.Event? {
        let look = self.system.look()
        let event = self.state.withLock { state in
            state.clock.gatewayAnswered(
                answer.date,
                resolution: answer.resolution,
                roundTrip: roundTrip,
                look: look
            )
        }
        self.follow(event, at: look)
        return event
    }

    /// The steps since the last call, to be sent like any reading.
    package func takeEvents() -> [Reading] {
        self.state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// Remembers the time for the next boot, if it is known; for the end of the run.
    package func remember() {
        guard let memory = self.memory, let now = self.now else { return }
        do throws(TimeMemory.Fault) {
            try memory.remember(now)
        } catch {
            self.journal(.warning, "the time cannot be remembered for the next start: \(error.message)")
        }
    }

    private func follow(_ event: BootClock.Event?, at look: BootClock.Look) {
        if let event { self.log(event) }
        let isDue = self.state.withLock { state in
            if case .stepped = event { state.steps += 1 }
            if let reading = event.flatMap({ ClockEvent.reading($0, at: look.instant) }) {
                state.events = state.events.suffix(Self.eventsMax - 1) + [reading]
            }
            guard state.clock.source != nil else { return false }
            if let last = state.rememberedAt,
                look.instant.milliseconds - last.milliseconds < Self.rememberInterval.wholeMilliseconds
            {
                return false
            }
            state.rememberedAt = look.instant
            return true
        }
        if isDue { self.remember() }
    }

    private func log(_ event: BootClock.Event) {
        switch event {
        case .trusted(let source, let correction):
            let isWrong = correction.wholeMilliseconds.magnitude >= BootClock.stepMinMilliseconds.magnitude
            let wrong = isWrong ? "; this system's clock is wrong by \(Self.text(.zero - correction))" : ""
            self.journal(.notice, "the time is known from \(Self.name(source)): \(self.nowText)\(wrong)")
        case .stepped(let jump, let source):
            self.journal(
                .warning,
                "the clock was stepped by \(Self.text(jump)) (\(Self.name(source))): \(self.nowText)"
            )
        case .sourceChanged(let source):
            self.journal(.notice, "the time is now known from \(Self.name(source))")
        case .systemStepped(let jump):
            let text =
                "this system's clock was set by \(Self.text(jump)), unsynchronised: readings keep the time they had"
            self.journal(.notice, text)
        case .implausible(let date, let source):
            self.journal(
                .warning,
                "\(Self.name(source)) says that it is \(date), which is not believed: this agent was made later"
            )
        }
    }

    private var nowText: String { self.now.map { $0.description } ?? "unknown" }

    private static func name(_ source: BootClock.Source) -> String {
        switch source {
        case .kernel: "the synchronised kernel"
        case .gateway: "the gateway"
        case .system: "this system's clock (clock.trustSystem)"
        }
    }

    /// Signed seconds with three decimals.
    private static func text(_ span: Duration) -> String {
        let milliseconds = span.wholeMilliseconds
        let rest = String(milliseconds.magnitude % 1_000)
        let padding = String(repeating: "0", count: 3 - rest.count)
        return "\(milliseconds < 0 ? "-" : "+")\(milliseconds.magnitude / 1_000).\(padding)\(rest) s"
    }
}
