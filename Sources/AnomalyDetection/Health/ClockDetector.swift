internal import TelemetryModel

/// A device whose clock goes back, runs far ahead, or stands still; and with it, what each record's stamp means.
///
/// A few stamps that lie back are late readings. Only when nothing newer comes for ``backCount`` readings and three usual intervals has
/// the clock itself gone back; then its new time is taken as it is. About 60 bytes.
struct ClockDetector: Equatable, Sendable {
    /// What a record is, by its stamp.
    enum Role: Equatable, Sendable {
        /// Newer than all before: judged, and a sign of life.
        case live
        /// The first one after the clock was set back: judged, and a sign of life.
        case restarted
        /// Older than another one that came before.
        case late
        /// The stamp of the latest one again.
        case repeated
    }

    /// How far ahead of its arrival a stamp may be, in milliseconds. Five minutes: what Kerberos and TLS tokens forgive.
    static let aheadMax = 300_000.0
    /// Readings in a row that lie back, or have one stamp.
    static let backCount = 5
    /// How long a clock must stand, in milliseconds. A minute: stamps of whole seconds repeat without being wrong.
    static let standsMin = 60_000.0
    /// Good readings in a row that end it.
    static let clearCount = 4

    /// The latest stamp.
    private(set) var latest: Timestamp?
    private var backRun = 0
    private var backSince: Timestamp?
    private var lastBack: Timestamp?
    private var repeatRun = 0
    /// When the first record with the latest stamp came.
    private var latestArrival: Timestamp?
    private var goodRun = 0
    private(set) var since: Timestamp?

    /// Judges a live record's stamp.
    ///
    /// - Parameters:
    ///   - time: The stamp.
    ///   - arrival: When it came.
    ///   - isSame: Whether its readings equal those of the record before: a resend.
    ///   - usualInterval: Milliseconds; 0 when not known.
    /// - Returns: What the record is, the time to judge its readings at, and what there is to say about the clock.
    mutating func observe(
        _ time: Timestamp,
        arrival: Timestamp,
        isSame: Bool,
        usualInterval: Double
    ) -> (role: Role, time: Timestamp, finding: HealthFinding) {
        let ahead = Double(time.milliseconds) - Double(arrival.milliseconds)
        if ahead > ClockDetector.aheadMax {
            // A stamp of the future must not make all that follows late: its arrival stands in.
            self.abnormal(at: arrival)
            let role: Role = self.latest.map { arrival > $0 } ?? true ? .live : .late
            if role == .live { (self.latest, self.latestArrival) = (arrival, arrival) }
            let finding = self.finding(.secondsAhead, ahead / 1_000, ClockDetector.aheadMax / 1_000, arrival)
            return (role, arrival, finding)
        }
        guard let latest = self.latest, time <= latest else {
            (self.latest, self.latestArrival) = (time, arrival)
            (self.backRun, self.repeatRun) = (0, 0)
            self.normal()
            let seen = max(ahead, 0) / 1_000
            return (.live, time, self.finding(.secondsAhead, seen, ClockDetector.aheadMax / 1_000, time))
        }
        if time == latest {
            if !isSame { self.repeatRun += 1 }
            let stands = Double(arrival.milliseconds) - Double((self.latestArrival ?? arrival).milliseconds)
            if self.repeatRun >= ClockDetector.backCount, stands >= ClockDetector.standsMin {
                self.abnormal(at: arrival)
            }
            let limit = Double(ClockDetector.backCount)
            return (.repeated, time, self.finding(.repeatedStamps, Double(self.repeatRun), limit, arrival))
        }
        return self.lookBack(time, latest: latest, arrival: arrival, usualInterval: usualInterval)
    }

    private mutating func lookBack(
        _ time: Timestamp,
        latest: Timestamp,
        arrival: Timestamp,
        usualInterval: Double
    ) -> (role: Role, time: Timestamp, finding: HealthFinding) {
        let goesOn = self.lastBack.map { time > $0 } ?? true
        if self.backRun == 0 || !goesOn { (self.backRun, self.backSince) = (0, arrival) }
        self.backRun += 1
        self.lastBack = time
        let waited = Double(arrival.milliseconds) - Double((self.backSince ?? arrival).milliseconds)
        let back = (Double(latest.milliseconds) - Double(time.milliseconds)) / 1_000
        guard self.backRun >= ClockDetector.backCount, waited >= 3 * usualInterval, usualInterval > 0 else {
            return (.late, time, self.finding(.secondsBack, back, .greatestFiniteMagnitude, time))
        }
        self.abnormal(at: arrival)
        (self.latest, self.latestArrival) = (time, arrival)
        self.backRun = 0
        return (.restarted, time, self.finding(.secondsBack, back, 0, time))
    }

    private mutating func abnormal(at time: Timestamp) {
        self.since = self.since ?? time
        self.goodRun = 0
    }

    private mutating func normal() {
        guard self.since != nil else { return }
        self.goodRun += 1
        if self.goodRun >= ClockDetector.clearCount { self.since = nil }
    }

    private func finding(
        _ measure: HealthFinding.Measure,
        _ seen: Double,
        _ limit: Double,
        _ time: Timestamp
    ) -> HealthFinding {
        HealthFinding(
            .clock,
            measure,
            isAbnormal: self.since != nil,
            seen: seen,
            expected: ExpectedLimits(low: 0, high: limit),
            excess: limit > 0 ? seen / limit : 1,
            since: self.since ?? time
        )
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.latest)
        state.write(self.backRun)
        state.write(self.backSince)
        state.write(self.lastBack)
        state.write(self.repeatRun)
        state.write(self.latestArrival)
        state.write(self.goodRun)
        state.write(self.since)
    }
}

extension ClockDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.latest = try state.readOptionalTimestamp()
        self.backRun = try state.readTally()
        self.backSince = try state.readOptionalTimestamp()
        self.lastBack = try state.readOptionalTimestamp()
        self.repeatRun = try state.readTally()
        self.latestArrival = try state.readOptionalTimestamp()
        self.goodRun = try state.readTally()
        self.since = try state.readOptionalTimestamp()
    }
}
