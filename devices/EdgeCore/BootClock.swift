package import TelemetryModel

/// Which wall-clock time an instant of this boot has, as soon as somebody who knows has said so.
///
/// Boards without a battery clock boot in 1970, or at the time they last saved. So nothing here is believed but the
/// kernel when it says that it is synchronised, the gateway over verified TLS, and the operator who says that the clock
/// is right. What was read before that is dated afterwards, since all instants of a boot have the same distance to it.
///
/// ```
///   untrusted ── kernel synchronised · gateway answered · operator says so ──► trusted(source, offset)
///                          the offset follows its source; a jump of it is a step, which is an event ──┘
/// ```
/// Invariants:
/// - Trust is not lost within a boot: without its source the last offset goes on, for CLOCK_BOOTTIME goes on.
/// - A synchronised kernel comes before the gateway, which only knows the time to half a round trip.
/// - No time before the agent's own release, or after the year 9999, is believed from anybody.
///
/// Pure: the caller reads the clocks. Both clocks are slewed alike by NTP, so the offset only moves by steps.
package struct BootClock: Sendable {
    /// Who said what time it is.
    package enum Source: String, Equatable, Sendable {
        case kernel
        case gateway
        /// The operator vouches for the system's clock.
        case system
    }

    /// The system's clocks at one moment.
    package struct Look: Equatable, Sendable {
        package var instant: BootInstant
        package var wall: Timestamp
        /// The kernel's own opinion of `wall`.
        package var isSynchronised: Bool

        package init(instant: BootInstant, wall: Timestamp, isSynchronised: Bool) {
            self.instant = instant
            self.wall = wall
            self.isSynchronised = isSynchronised
        }
    }

    package enum Event: Equatable, Sendable {
        /// From now on readings have dates, also earlier ones; `correction` is what the system's clock is wrong by.
        case trusted(Source, correction: Duration)
        /// Dates move by this: what is published from now on has the new ones.
        case stepped(Duration, Source)
        case sourceChanged(Source)
        /// Somebody set the system's clock that is not trusted; dates do not follow.
        case systemStepped(Duration)
        /// A time before the agent's own release; told once.
        case implausible(Timestamp, Source)
    }

    private struct Trust {
        var source: Source
        /// Wall clock less boot clock, milliseconds.
        var offset: Int64
        /// When the source was last heard.
        var confirmed: BootInstant
    }

    /// Offsets nearer than this are the same: two clocks cannot be read at once, and both are cut to milliseconds.
    private static let toleranceMilliseconds: Int64 = 2
    /// The year 10000, which ISO 8601 has no digits for.
    private static let latest = Timestamp(seconds: 253_402_300_800)
    /// Jumps below this are not worth a line in the log; dates follow them all the same.
    package static let stepMinMilliseconds: Int64 = 100

    /// No time before this is believed.
    private let released: Timestamp
    /// Whether the operator vouches for the system's clock.
    private let trustsSystem: Bool
    private var trust: Trust?
    private var lastLook: Look?
    private var hasToldImplausible = false

    package init(released: Timestamp, trustsSystem: Bool = false) {
        self.released = released
        self.trustsSystem = trustsSystem
    }

    /// Who the time is from; `nil` while nobody knows it.
    package var source: Source? { self.trust?.source }

    /// Wall clock less boot clock, milliseconds; `nil` while nobody knows the time.
    package var offsetMilliseconds: Int64? { self.trust?.offset }

    /// What an instant of this boot is called on the wall clock; `nil` while nobody knows.
    package func date(of instant: BootInstant) -> Timestamp? {
        self.trust.map { Timestamp(milliseconds: instant.milliseconds &+ $0.offset) }
    }

    /// Whether the gateway should be asked for the time: nobody knows it, or whoever did was not heard for `interval`.
    package func needsGateway(at now: BootInstant, interval: Duration) -> Bool {
        guard let trust = self.trust else { return true }
        return now.milliseconds - trust.confirmed.milliseconds >= interval.wholeMilliseconds
    }

    /// Takes a look at the system's clocks.
    package mutating func observe(_ look: Look) -> Event? {
        defer { self.lastLook = look }
        let isBelieved = look.isSynchronised || self.trustsSystem
        let source: Source = look.isSynchronised ? .kernel : .system
        guard isBelieved else { return self.unbelieved(look) }
        return self.adopt(
            offset: look.offset,
            tolerance: Self.toleranceMilliseconds,
            source: source,
            at: look.instant,
            correction: 0
        )
    }

    /// Takes the gateway's answer to `GET /time`, received over a connection whose certificate was verified.
    ///
    /// - Parameters:
    ///   - date: What the gateway says.
    ///   - resolution: How coarse that is: the date is from then to then plus this.
    ///   - roundTrip: From the request's start to the answer's end.
    ///   - look: The clocks at the answer's end.
    /// - Returns: What changed, if that is worth telling.
    package mutating func gatewayAnswered(
        _ date: Timestamp,
        resolution: Duration,
        roundTrip: Duration,
        look: Look
    ) -> Event? {
        let isKernelSynchronised = look.isSynchronised && self.trust?.source == .kernel
        guard !isKernelSynchronised, !self.trustsSystem else { return self.observe(look) }
        self.lastLook = look
        let uncertainty = (roundTrip.wholeMilliseconds + resolution.wholeMilliseconds) / 2
        let (now, overflows) = date.milliseconds.addingReportingOverflow(uncertainty)
        guard !overflows else { return self.implausible(date, .gateway) }
        let offset = now.subtractingReportingOverflow(look.instant.milliseconds).partialValue
        return self.adopt(
            offset: offset,
            tolerance: max(uncertainty, Self.toleranceMilliseconds),
            source: .gateway,
            at: look.instant,
            correction: offset.subtractingReportingOverflow(look.offset).partialValue
        )
    }

    private mutating func adopt(
        offset: Int64,
        tolerance: Int64,
        source: Source,
        at instant: BootInstant,
        correction: Int64
    ) -> Event? {
        let date = Timestamp(milliseconds: instant.milliseconds &+ offset)
        guard date >= self.released, date < Self.latest else { return self.implausible(date, source) }
        guard let before = self.trust else {
            self.trust = Trust(source: source, offset: offset, confirmed: instant)
            return .trusted(source, correction: .milliseconds(correction))
        }
        let (jump, overflows) = offset.subtractingReportingOverflow(before.offset)
        // A magnitude is unsigned: `abs` of the lowest number would trap.
        let isWithinTolerance = !overflows && jump.magnitude <= tolerance.magnitude
        self.trust = Trust(source: source, offset: isWithinTolerance ? before.offset : offset, confirmed: instant)
        if !isWithinTolerance, jump.magnitude >= Self.stepMinMilliseconds.magnitude {
            return .stepped(.milliseconds(jump), source)
        }
        return source == before.source ? nil : .sourceChanged(source)
    }

    private mutating func unbelieved(_ look: Look) -> Event? {
        guard let last = self.lastLook else { return nil }
        let (jump, overflows) = look.offset.subtractingReportingOverflow(last.offset)
        guard overflows || jump.magnitude >= Self.stepMinMilliseconds.magnitude else { return nil }
        return .systemStepped(.milliseconds(jump))
    }

    private mutating func implausible(_ date: Timestamp, _ source: Source) -> Event? {
        guard !self.hasToldImplausible else { return nil }
        self.hasToldImplausible = true
        return .implausible(date, source)
    }
}

extension BootClock.Look {
    /// Wall clock less boot clock, milliseconds.
    fileprivate var offset: Int64 {
        self.wall.milliseconds.subtractingReportingOverflow(self.instant.milliseconds).partialValue
    }
}
