internal import Glibc
internal import TelemetryModel

/// Finds what broken sensors do, by the steps between values: jumps, bursts of noise, stuck values.
///
/// A fault is not learned from, so that the second one is found like the first; what lasts for hours is the new normal:
/// ```
///            evidence ≥ 1                 quiet for 10 values        → watching, learning
///  watching ──────────────► open: frozen ─┤
///     ▲                                   └ 8 hours, 100 values at least → open, but learning
///     └────────────────────────────────────────── quiet ◄─────────────┘
/// ```
/// A jump like that of the day before at the same time is a schedule (``DailyJumps``) and no fault. Evidence is −log₁₀ p over a limit that follows from the false alarms a day that are taken (``SeriesTuning``), so a series
/// with many samples needs smaller p-values. For a run of equal values it is its length over three times the longest before.
struct FaultWatch: Equatable, Sendable {
    /// What a value says.
    struct Finding: Equatable, Sendable {
        /// 1.5 when a fault begins, 1 when it is told again, else below 1.
        var evidence = 0.0
        /// The evidence as it is, told or not.
        var strength = 0.0
        var view = SeriesView.jump
        /// `nil` for a run of equal values.
        var pValue: Double?
        /// Whether the value is taken as normal.
        var isLearned = true
    }

    private static let onset = 1.5
    /// What is more probable is less than a `quietShare` of the lowest limit.
    private static let probabilityMatters = pow(10, -SeriesTuning.surpriseLimits.lowerBound * SeriesTuning.quietShare)
    /// Larger steps are taken as this, in units.
    private static let sizeMax = 1e30

    private var count = 0
    private var previous = 0.0
    /// The first step that was not 0: what steps are measured in, so that the scale of the data does not matter.
    private var unit = 0.0
    private var recent: [Double] = []
    private var recentNext = 0
    private var steps = TailHistogram()
    private var schedule = DailyJumps()
    private var medians = TailHistogram()
    /// Equal values before this one.
    private var run = 0
    private var runMax = 1
    private var changes = 0
    private var caution = 0.0
    /// Values since the fault began; 0 while none is open.
    private(set) var openCount = 0
    private var quietRun = 0
    private var sinceTold = 0
    /// Values since a fault's first step was learned; 0 when none was.
    private var sinceOnset = 0

    init() {
        self.recent.reserveCapacity(SeriesTuning.burstCount)
    }

    /// Judges a value and learns from it, unless it belongs to a fault.
    mutating func observe(_ value: Double, at time: Timestamp, rowsPerDay: Double) -> Finding {
        let change = self.count == 0 ? 0 : value - self.previous
        let step = abs(change)
        self.previous = value
        if self.unit == 0 { self.unit = step }
        let size = step > 0 ? min(step / self.unit, FaultWatch.sizeMax) : 0
        let median = self.appendAndTakeMedian(size)
        self.countRun(step)
        var finding = Finding()
        if self.count > SeriesTuning.faultSettlingCount {
            finding = self.judge(size: size, median: median, rowsPerDay: rowsPerDay)
            if self.openCount == 0, finding.evidence >= 1, finding.view == .jump, change != 0,
                self.schedule.observe(change, at: time)
            {
                finding = Finding()
            }
            finding.isLearned = self.follow(&finding, size: size, rowsPerDay: rowsPerDay)
        }
        if self.caution > 0 { self.fade(rowsPerDay: rowsPerDay) }
        if finding.isLearned {
            self.steps.count(size)
            self.medians.count(median)
        }
        if self.sinceOnset > 0 { self.sinceOnset += 1 }
        self.count += 1
        return finding
    }

    /// −log₁₀ of the p-value at which a fault begins.
    private func limit(rowsPerDay: Double) -> Double {
        let limits = SeriesTuning.surpriseLimits
        let byRate = log10(rowsPerDay / SeriesTuning.falseAlarmsPerDay)
        let firstDay = SeriesTuning.firstDayCaution * max(0, 1 - Double(self.count) / rowsPerDay)
        return min(max(byRate, limits.lowerBound), limits.upperBound) + firstDay + self.caution
    }

    private func judge(size: Double, median: Double, rowsPerDay: Double) -> Finding {
        let jump = FaultWatch.probability(size, among: self.steps)
        let burst = FaultWatch.probability(median, among: self.medians)
        var finding = Finding()
        // Logarithms are taken where they can matter.
        if min(jump, burst) < FaultWatch.probabilityMatters {
            let limit = self.limit(rowsPerDay: rowsPerDay)
            let evidence = -log10(jump) / limit
            let evidenceOfBurst = -log10(burst) / (limit + SeriesTuning.burstCaution)
            finding =
                evidenceOfBurst > evidence
                ? Finding(evidence: evidenceOfBurst, view: .burst, pValue: burst)
                : Finding(evidence: evidence, view: .jump, pValue: jump)
        }
        guard self.run >= SeriesTuning.stuckCountMin, self.changes >= SeriesTuning.changesMin else { return finding }
        let stuck = Double(self.run) / (SeriesTuning.stuckFactor * Double(self.runMax))
        return stuck > finding.evidence ? Finding(evidence: stuck, view: .stuck, pValue: nil) : finding
    }

    private mutating func fade(rowsPerDay: Double) {
        self.caution *= exp(-1 / (SeriesTuning.alertCautionDays * rowsPerDay))
        if self.caution < SeriesTuning.alertCautionMin { self.caution = 0 }
    }

    private static func probability(_ magnitude: Double, among others: borrowing TailHistogram) -> Double {
        others.probability(magnitude, largest: SeriesTuning.faultLargest, prior: SeriesTuning.faultPrior)
    }

    /// Follows the drawing above: sets what is told, and returns whether the value is learned.
    private mutating func follow(_ finding: inout Finding, size: Double, rowsPerDay: Double) -> Bool {
        let evidence = finding.evidence
        finding.strength = evidence
        guard self.openCount > 0 else {
            guard evidence >= 1 else { return true }
            (self.openCount, self.quietRun, self.sinceTold) = (1, 0, 0)
            self.caution = min(self.caution + SeriesTuning.alertCaution, SeriesTuning.alertCautionMax)
            self.learnOnset(size, rowsPerDay: rowsPerDay)
            finding.evidence = FaultWatch.onset
            return false
        }
        finding.evidence = 0
        self.openCount += 1
        self.quietRun = evidence < SeriesTuning.quietShare ? self.quietRun + 1 : 0
        guard self.quietRun < SeriesTuning.quietCount else {
            self.openCount = 0
            return true
        }
        self.sinceTold += 1
        if evidence >= SeriesTuning.reminderEvidence, self.sinceTold > SeriesTuning.reminderCount {
            finding.evidence = 1
            self.sinceTold = 0
        }
        return Double(self.openCount) > max(SeriesTuning.relearnCountMin, SeriesTuning.relearnDays * rowsPerDay)
    }

    /// Some of a fault's first step is learned, so that what comes every day ends to be a fault.
    private mutating func learnOnset(_ size: Double, rowsPerDay: Double) {
        guard self.sinceOnset == 0 || Double(self.sinceOnset) >= SeriesTuning.stepDays * rowsPerDay else { return }
        self.sinceOnset = 1
        self.steps.count(min(size, SeriesTuning.stepGrowth * self.steps.largest))
    }

    /// Longer runs are learned when they end, by doubling at most, so that one stuck hour does not hide the next.
    private mutating func countRun(_ step: Double) {
        guard self.count > 0 else { return }
        guard step > 0 else {
            self.run += 1
            return
        }
        self.changes += 1
        let isEarly = self.changes < SeriesTuning.changesMin
        self.runMax = max(self.runMax, isEarly ? self.run : min(self.run, 2 * self.runMax))
        self.run = 0
    }

    private mutating func appendAndTakeMedian(_ size: Double) -> Double {
        if self.recent.count < SeriesTuning.burstCount {
            self.recent.append(size)
        } else {
            self.recent[self.recentNext] = size
            self.recentNext = (self.recentNext + 1) % SeriesTuning.burstCount
        }
        return FaultWatch.median(of: self.recent)
    }

    /// The element that half of the others do not exceed; the upper one of two.
    private static func median(of values: [Double]) -> Double {
        let half = values.count / 2
        for candidate in values {
            var below = 0
            var equal = 0
            for other in values {
                below += other < candidate ? 1 : 0
                equal += other == candidate ? 1 : 0
            }
            if below <= half, half < below + equal { return candidate }
        }
        return 0
    }
}

extension FaultWatch {
    func snapshot(into state: inout StateWriter) {
        state.write([self.previous, self.unit, self.caution])
        for field in [
            self.count, self.recentNext, self.run, self.runMax, self.changes, self.openCount, self.quietRun,
            self.sinceTold, self.sinceOnset,
        ] {
            state.write(field)
        }
        state.write(self.recent)
        self.steps.snapshot(into: &state)
        self.medians.snapshot(into: &state)
        self.schedule.snapshot(into: &state)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let fields = try state.readFiniteDoubles(count: 3)
        (self.previous, self.unit, self.caution) = (fields[0], fields[1], fields[2])
        var counts: [Int] = []
        for _ in 0..<9 {
            let count = try state.readInt64()
            guard (0...(1 << 48)).contains(count) else { throw state.fault }
            counts.append(Int(count))
        }
        (self.count, self.recentNext, self.run, self.runMax) = (counts[0], counts[1], counts[2], counts[3])
        (self.changes, self.openCount, self.quietRun, self.sinceTold) = (counts[4], counts[5], counts[6], counts[7])
        self.sinceOnset = counts[8]
        let recent = try state.readDoubles()
        guard self.unit >= 0, self.caution >= 0, recent.allSatisfy({ $0.isFinite && $0 >= 0 }),
            recent.count <= SeriesTuning.burstCount, self.runMax > 0,
            self.recentNext == 0 || (recent.count == SeriesTuning.burstCount && self.recentNext < recent.count)
        else { throw state.fault }
        self.recent = recent
        self.steps = try TailHistogram(restoring: &state)
        self.medians = try TailHistogram(restoring: &state)
        self.schedule = try DailyJumps(restoring: &state)
    }
}
