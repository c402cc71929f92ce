package import TelemetryModel

/// The life of the alerts of one rule on one series: however many rows an event spans, it is one alert.
///
/// ```
///            abnormal → opened              `clearCount`·2^flaps normal in a row → cleared(returned)
///   quiet ───────────────────────► open ───────────────────────────────────────────────► quiet
///     │ abnormal within `flapWindow`│ more severe, or odds × `worseFactor` → worsened
///     │ of the end → reopened, flaps+1│ older than `ageMax` → cleared(newNormal) or reminded
///     └─────────────────────────────►│ acknowledge → acknowledged
///   silence(until) at any time → silenced;  at `until`, or unsilence → unsilenced
/// ```
/// Pure: the only clock is what is pushed in. A time that lies before the latest one pushed in counts as that one. While
/// silenced the life goes on and its actions are told as always; the caller asks ``isSilenced`` before it disturbs anyone.
/// Readings that a device sends later (`weir-historical`) change nothing. About 150 bytes.
package struct AlertLife: Equatable, Sendable {
    /// An alert that has begun and not ended.
    package struct Open: Equatable, Sendable {
        package var openedAt: Timestamp
        /// The latest abnormal observation.
        package var lastAt: Timestamp
        package var severity: AlertSeverity
        /// The highest score seen; 0.5 to 1.
        package var worstScore: Double
        /// Abnormal observations, the first included.
        package var count = 1
        /// Times it went on after it had ended.
        package var flaps: Int
        package var acknowledgedAt: Timestamp?
        package var acknowledgedBy: String?
        var reportedScore: Double
        var remindedAt: Timestamp
        /// Normal observations in a row.
        var normalRun = 0
    }

    private enum State: Equatable {
        case quiet(last: Open?, endedAt: Timestamp)
        case open(Open)
    }

    private var state = State.quiet(last: nil, endedAt: Timestamp(milliseconds: .min))
    private var now = Timestamp(milliseconds: .min)
    /// End of a silence; `nil` when nobody asked for one.
    package private(set) var silencedUntil: Timestamp?

    package init() {}

    /// The open alert; `nil` while quiet.
    package var open: Open? {
        switch self.state {
        case .quiet: nil
        case .open(let alert): alert
        }
    }

    /// Whether an operator wants to hear nothing now.
    package var isSilenced: Bool { self.silencedUntil != nil }

    /// Whether time alone can change something: an alert is open, or an operator's silence will end.
    package var isWaiting: Bool {
        guard self.silencedUntil == nil else { return true }
        return switch self.state {
        case .quiet: false
        case .open: true
        }
    }

    /// Whether neither an alert nor a silence is to be remembered at this instant, so that the value may be dropped.
    package func isIdle(at now: Timestamp, policy: AlertPolicy) -> Bool {
        guard self.silencedUntil == nil else { return false }
        return switch self.state {
        case .open: false
        case .quiet(nil, _): true
        case .quiet(_, let endedAt): now - endedAt > policy.flapWindow
        }
    }

    /// Takes one observation.
    ///
    /// - Parameters:
    ///   - observation: What was seen.
    ///   - time: Its instant on the clock of the streams.
    ///   - isHistorical: Whether it is backlog, which changes nothing.
    ///   - policy: The same for every call.
    /// - Returns: What happened to the alert.
    package mutating func observe(
        _ observation: AlertObservation,
        at time: Timestamp,
        isHistorical: Bool = false,
        policy: AlertPolicy
    ) -> AlertAction {
        guard !isHistorical else { return .none }
        self.now = max(self.now, time)
        switch (self.state, observation) {
        case (.quiet, .normal):
            return .none
        case (.quiet(let last, let endedAt), .abnormal(let severity, let score)):
            return self.begin(severity, score, after: last, endedAt: endedAt, policy)
        case (.open(var alert), .normal):
            alert.normalRun += 1
            guard alert.normalRun >= AlertLife.clearCount(flaps: alert.flaps, policy) else {
                self.state = .open(alert)
                return .none
            }
            self.state = .quiet(last: alert, endedAt: self.now)
            return .cleared(.returned)
        case (.open(var alert), .abnormal(let severity, let score)):
            alert.normalRun = 0
            alert.count += 1
            alert.lastAt = self.now
            alert.worstScore = max(alert.worstScore, score)
            let isMoreSevere = severity > alert.severity
            let reported = AlertLife.odds(alert.reportedScore)
            let isWorse = isMoreSevere || AlertLife.odds(score) >= reported * policy.worseFactor
            if isMoreSevere {
                alert.severity = severity
                (alert.acknowledgedAt, alert.acknowledgedBy) = (nil, nil)
            }
            if isWorse { alert.reportedScore = max(score, alert.reportedScore) }
            self.state = .open(alert)
            return isWorse ? .worsened : .none
        }
    }

    /// Lets time pass: ends silences and looks at the alert's age. One call does one thing; it is repeated until `none`.
    package mutating func advance(to time: Timestamp, policy: AlertPolicy) -> AlertAction {
        self.now = max(self.now, time)
        if let until = self.silencedUntil, until <= self.now {
            self.silencedUntil = nil
            return .unsilenced
        }
        switch self.state {
        case .quiet:
            return .none
        case .open(var alert):
            guard self.now - alert.remindedAt >= policy.ageMax else { return .none }
            switch policy.ageRule {
            case .endAsNewNormal:
                self.state = .quiet(last: nil, endedAt: self.now)
                return .cleared(.newNormal)
            case .remind:
                alert.remindedAt = self.now
                self.state = .open(alert)
                return .reminded
            }
        }
    }

    /// Carries out what an operator asked for at `time`; `none` when there is nothing to do it to.
    package mutating func apply(_ action: OperatorAction, at time: Timestamp) -> AlertAction {
        self.now = max(self.now, time)
        switch (action, self.state) {
        case (.acknowledge, .quiet):
            return .none
        case (.acknowledge(let name), .open(var alert)):
            guard alert.acknowledgedAt == nil else { return .none }
            alert.acknowledgedAt = self.now
            alert.acknowledgedBy = name
            self.state = .open(alert)
            return .acknowledged
        case (.silence(_, let until), .quiet), (.silence(_, let until), .open):
            guard until > self.now else { return .none }
            self.silencedUntil = until
            return .silenced
        case (.unsilence, .quiet), (.unsilence, .open):
            guard self.silencedUntil != nil else { return .none }
            self.silencedUntil = nil
            return .unsilenced
        }
    }

    /// The next instant at which ``advance(to:policy:)`` has something to do; `nil` when it has none.
    package func deadline(policy: AlertPolicy) -> Timestamp? {
        let aged = self.open.map { $0.remindedAt + policy.ageMax }
        guard let until = self.silencedUntil else { return aged }
        return aged.map { min($0, until) } ?? until
    }

    private mutating func begin(
        _ severity: AlertSeverity,
        _ score: Double,
        after last: Open?,
        endedAt: Timestamp,
        _ policy: AlertPolicy
    ) -> AlertAction {
        guard var alert = last, self.now - endedAt <= policy.flapWindow else {
            self.state = .open(
                Open(
                    openedAt: self.now,
                    lastAt: self.now,
                    severity: severity,
                    worstScore: score,
                    flaps: 0,
                    reportedScore: score,
                    remindedAt: self.now
                )
            )
            return .opened
        }
        if severity > alert.severity { (alert.acknowledgedAt, alert.acknowledgedBy) = (nil, nil) }
        alert.severity = max(alert.severity, severity)
        alert.worstScore = max(alert.worstScore, score)
        alert.reportedScore = max(alert.reportedScore, score)
        alert.flaps = min(alert.flaps + 1, policy.flapDoublings)
        alert.lastAt = self.now
        alert.count += 1
        alert.normalRun = 0
        self.state = .open(alert)
        return .reopened
    }

    private static func clearCount(flaps: Int, _ policy: AlertPolicy) -> Int {
        policy.clearCount << min(max(flaps, 0), 8)
    }

    private static func odds(_ score: Double) -> Double {
        score / max(1 - score, 1e-9)
    }
}

extension AlertLife {
    /// Writes the whole state.
    package func snapshot(into state: inout StateWriter) {
        state.write(self.now.milliseconds)
        state.write(self.silencedUntil)
        switch self.state {
        case .quiet(let last, let endedAt):
            state.write(false)
            state.write(endedAt.milliseconds)
            state.write(last != nil)
            if let last { AlertLife.write(last, to: &state) }
        case .open(let alert):
            state.write(true)
            AlertLife.write(alert, to: &state)
        }
    }

    /// Reads what ``snapshot(into:)`` wrote; throws on anything else.
    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.now = try state.readTimestamp()
        self.silencedUntil = try state.readOptionalTimestamp()
        if try state.readBool() {
            self.state = .open(try AlertLife.readOpen(from: &state))
        } else {
            let endedAt = try state.readTimestamp()
            let last = try state.readBool() ? try AlertLife.readOpen(from: &state) : nil
            self.state = .quiet(last: last, endedAt: endedAt)
        }
    }

    private static func write(_ alert: Open, to state: inout StateWriter) {
        state.write(alert.openedAt.milliseconds)
        state.write(alert.lastAt.milliseconds)
        state.write(alert.severity.rawValue)
        state.write(alert.worstScore)
        state.write(alert.count)
        state.write(alert.flaps)
        state.write(alert.acknowledgedAt)
        state.write((alert.acknowledgedBy ?? "").utf8)
        state.write(alert.reportedScore)
        state.write(alert.remindedAt.milliseconds)
        state.write(alert.normalRun)
    }

    private static func readOpen(from state: inout StateReader) throws(StateReader.Fault) -> Open {
        var alert = Open(
            openedAt: try state.readTimestamp(),
            lastAt: try state.readTimestamp(),
            severity: try state.readCase(),
            worstScore: try state.readScore(),
            flaps: 0,
            reportedScore: 0,
            remindedAt: Timestamp(milliseconds: 0)
        )
        alert.count = try state.readTally()
        alert.flaps = try state.readTally(atMost: 8)
        alert.acknowledgedAt = try state.readOptionalTimestamp()
        let name = String(decoding: try state.readBytes(), as: UTF8.self)
        alert.acknowledgedBy = alert.acknowledgedAt == nil ? nil : name
        alert.reportedScore = try state.readScore()
        alert.remindedAt = try state.readTimestamp()
        alert.normalRun = try state.readTally()
        return alert
    }
}
