/// Whether a sensor is worth asking, and what to do after it failed.
///
/// ```
///                 good                            good (reported)
///            ┌─────────────┐               ┌──────────────────────────┐
///            ▼             │               ▼                          │
///   new ─► working ─ failed ×1…9 ─► working, again initialised at 3, 6, 9 ─ ×10 ─► unavailable ─ probe every 30 s
///            └── a fault that only a person can mend (wrong chip, permission, …) ──────▲
/// ```
/// Pure: time is an argument and monotonic.
package struct SensorHealth: Sendable {
    /// Failed samples in a row after which the sensor is reset and initialised again.
    package static let reinitialiseAfter = 3
    /// Failed samples in a row after which it is only probed.
    package static let unavailableAfter = 10
    package static let probeInterval: Duration = .seconds(30)
    /// An adapter that was pulled out is looked for more often: opening costs nothing.
    package static let adapterProbeInterval: Duration = .seconds(5)
    /// A serial port that was pulled out is looked for after these waits, and then after the last one again and again.
    package static let replugIntervals: [Duration] = [.seconds(1), .seconds(2), .seconds(5), .seconds(10)]

    /// What the next sample should do.
    package enum Plan: Equatable, Sendable {
        case skip
        /// Identify and initialise, then measure; `attempts` of both together.
        case prepare(attempts: Int)
        case measure(attempts: Int)
    }

    /// What a sample changed, for the log: at most one line per change.
    package enum Change: Equatable, Sendable {
        case none
        /// Samples fail; still being tried at every interval.
        case failing
        case unavailable
        case recovered
    }

    private enum State: Equatable {
        case working(failedSamples: Int, prepared: Bool)
        case unavailable(probeAt: Duration, probes: Int)
    }

    /// Measurements per sampling period: the first and two more.
    private static let attemptsMax = 3

    private var state = State.working(failedSamples: 0, prepared: false)
    private var hasWorked = false
    private var isReported = false
    private var isReportedUnavailable = false

    package init() {}

    package func plan(at now: Duration) -> Plan {
        switch self.state {
        case .working(_, true): .measure(attempts: Self.attemptsMax)
        case .working(_, false): .prepare(attempts: Self.attemptsMax)
        case .unavailable(let probeAt, _): now >= probeAt ? .prepare(attempts: 1) : .skip
        }
    }

    /// Somebody wants it to be identified and initialised with the next sample. What was reported of it stays known.
    package mutating func forget() {
        self.state = .working(failedSamples: 0, prepared: false)
    }

    /// The sensor was identified and initialised, whatever its next measurement gives.
    package mutating func prepared() {
        switch self.state {
        case .working(let failedSamples, _): self.state = .working(failedSamples: failedSamples, prepared: true)
        case .unavailable: break  // a probe: the measurement decides
        }
    }

    /// The sensor answers, and has nothing new yet: a probe goes on with measuring, not with preparing it again.
    package mutating func waiting() {
        switch self.state {
        case .working: break
        case .unavailable: self.state = .working(failedSamples: Self.unavailableAfter - 1, prepared: true)
        }
    }

    /// A sample gave at least one value.
    package mutating func succeeded() -> Change {
        self.state = .working(failedSamples: 0, prepared: true)
        self.hasWorked = true
        self.isReportedUnavailable = false
        defer { self.isReported = false }
        return self.isReported ? .recovered : .none
    }

    /// There is a sign of life, or somebody asks: the next sample probes.
    package mutating func probeSoon() {
        switch self.state {
        case .working: break
        case .unavailable(_, let probes): self.state = .unavailable(probeAt: .zero, probes: probes)
        }
    }

    /// A sample gave nothing after all its attempts.
    package mutating func failed(_ fault: SensorFault, at now: Duration) -> Change {
        switch self.state {
        case .unavailable(_, let probes):
            self.state = .unavailable(
                probeAt: now + Self.probeInterval(after: fault, probes: probes),
                probes: probes + 1
            )
            return .none
        case .working(let before, let prepared):
            let failedSamples = before + 1
            if failedSamples >= Self.unavailableAfter || fault.retry == .afterRepair {
                self.state = .unavailable(probeAt: now + Self.probeInterval(after: fault, probes: 0), probes: 1)
                self.isReported = true
                defer { self.isReportedUnavailable = true }
                return self.isReportedUnavailable ? .none : .unavailable
            }
            let again = failedSamples % Self.reinitialiseAfter == 0
            self.state = .working(failedSamples: failedSamples, prepared: prepared && !again)
            // The first failure of a sensor that never worked is news; one of a working sensor is noise until it repeats.
            guard !self.isReported, again || !self.hasWorked else { return .none }
            self.isReported = true
            return .failing
        }
    }

    /// The wait before the next probe; `probes` is how many there were since the sensor became unavailable.
    package static func probeInterval(after fault: SensorFault, probes: Int) -> Duration {
        switch fault.reason {
        case .adapterGone: self.adapterProbeInterval
        case .unplugged: self.replugIntervals[min(probes, self.replugIntervals.count - 1)]
        case .nack, .notReady, .crc, .timeout, .arbitration, .busError, .claimed, .permission, .wrongChip,
            .notCalibrated, .heaterOn, .outOfRange, .stuck, .noReply, .badFrame, .exception, .wrongUnit, .parse:
            self.probeInterval
        }
    }
}
