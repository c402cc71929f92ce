internal import AnomalyDetection
internal import StreamSQL
internal import TelemetryModel

/// A detector on one series of a query.
///
/// A pause longer than `LIMIT DURATION` forgets what was learned: the next value begins a new history.
struct DetectorSeries: StatefulFunction {
    /// The detectors that SQL knows.
    enum Detector {
        case spikeAndDip(SpikeAndDip)
        case changePoint(ChangePoint)
        case anomaly(SeriesDetector)
    }

    /// Members of what Azure's functions give.
    private static let judgement = StreamFields(["IsAnomaly", "Score"])
    /// Members of what `Anomaly` gives.
    private static let explanation = StreamFields([
        "IsAnomaly", "Score", "View", "ExpectedLow", "ExpectedHigh", "PValue",
    ])

    private var detector: Detector
    /// Before the first event: as it is again after a pause.
    private let fresh: Detector
    /// Milliseconds of `LIMIT DURATION`; `nil`: none.
    private let limit: Int64?
    /// When the latest event was, milliseconds since 1970; `nil` before the first.
    private var latest: Int64?

    init(_ detector: Detector, limit: Int64?) {
        self.detector = detector
        self.fresh = detector
        self.limit = limit
    }

    mutating func next(_ event: SeriesEvent) throws(StreamFault) -> StreamValue? {
        guard event.counts else { return nil }
        guard let value = event.value.number else {
            if case .null = event.value { return nil }
            throw StreamFault("a detector needs a number")
        }
        if self.isForgotten(at: event.time) { self.detector = self.fresh }
        self.latest = event.time
        switch self.detector {
        case .spikeAndDip(var detector):
            let result = detector.observe(value)
            self.detector = .spikeAndDip(detector)
            return DetectorSeries.record(result)
        case .changePoint(var detector):
            let result = detector.observe(value)
            self.detector = .changePoint(detector)
            return DetectorSeries.record(result)
        case .anomaly(var detector):
            let verdict = detector.observe(value, at: Timestamp(milliseconds: event.time))
            self.detector = .anomaly(detector)
            return DetectorSeries.record(verdict)
        }
    }

    func isForgotten(at time: Int64) -> Bool {
        guard let latest, let limit else { return false }
        return latest <= time - limit
    }

    var byteCount: Int {
        switch self.detector {
        case .spikeAndDip(let detector): 64 + 40 * detector.arguments.history
        case .changePoint(let detector): 64 + 48 * detector.arguments.history
        case .anomaly: 12 << 10
        }
    }

    private static func record(_ result: AnomalyFunctionResult?) -> StreamValue? {
        result.map { result in
            .record(StreamRecord(self.judgement, [.bigint(result.isAnomaly ? 1 : 0), .float(result.score)]))
        }
    }

    private static func record(_ verdict: SeriesVerdict) -> StreamValue {
        .record(
            StreamRecord(
                self.explanation,
                [
                    .bigint(verdict.isAlert ? 1 : 0), .float(verdict.score), .nvarchar(verdict.view.rawValue),
                    verdict.expected.map { .float($0.low) } ?? .null,
                    verdict.expected.map { .float($0.high) } ?? .null, verdict.pValue.map { .float($0) } ?? .null,
                ]
            )
        )
    }
}

extension DetectorSeries {
    func snapshot(into state: inout StateWriter) {
        state.write(self.latest != nil)
        if let latest { state.write(latest) }
        switch self.detector {
        case .spikeAndDip(let detector): detector.snapshot(into: &state)
        case .changePoint(let detector): detector.snapshot(into: &state)
        case .anomaly(let detector): detector.snapshot(into: &state)
        }
    }

    /// A series as ``snapshot(into:)`` wrote it; `nil` for a function that is no detector, or with other arguments.
    init?(
        restoring state: inout StateReader,
        _ function: AnalyticFunction,
        limit: Int64?
    ) throws(StateReader.Fault) {
        let latest: Int64? = try state.readBool() ? try state.readInt64() : nil
        let restored: Detector
        let fresh: Detector
        switch function {
        case .spikeAndDip(let confidence, let history, let mode):
            let detector = try SpikeAndDip(restoring: &state)
            guard let new = try? SpikeAndDip(confidence: confidence, history: history, mode: SpikeAndDip.Mode(mode)),
                detector.arguments == new.arguments, detector.mode == new.mode
            else { throw state.fault }
            (restored, fresh) = (.spikeAndDip(detector), .spikeAndDip(new))
        case .changePoint(let confidence, let history):
            let detector = try ChangePoint(restoring: &state)
            guard let new = try? ChangePoint(confidence: confidence, history: history),
                detector.arguments == new.arguments, detector.bet == new.bet
            else { throw state.fault }
            (restored, fresh) = (.changePoint(detector), .changePoint(new))
        case .anomaly:
            (restored, fresh) = (.anomaly(try SeriesDetector(restoring: &state)), .anomaly(SeriesDetector()))
        case .lag, .last, .isFirst, .aggregate:
            return nil
        }
        self.init(fresh, limit: limit)
        self.detector = restored
        self.latest = latest
    }
}
