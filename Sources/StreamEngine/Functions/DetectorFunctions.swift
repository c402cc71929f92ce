internal import AnomalyDetection
package import StreamSQL
package import TelemetryModel

/// The functions of the streams' SQL with the detectors: what every query of the gateway runs with.
///
/// - `AnomalyDetection_SpikeAndDip` and `AnomalyDetection_ChangePoint` give `{IsAnomaly, Score}`.
/// - `Anomaly` gives `{IsAnomaly, Score, View, ExpectedLow, ExpectedHigh, PValue}`.
package struct DetectorFunctions: StatefulFunctions {
    private let others = BuiltInFunctions()

    package init() {}

    package func make(_ plan: AnalyticPlan, limits: QueryLimits) -> (any StatefulFunction)? {
        // The arguments were checked when the query was: what cannot be made is as unknown.
        switch plan.function {
        case .spikeAndDip(let confidence, let history, let mode):
            return (try? SpikeAndDip(confidence: confidence, history: history, mode: SpikeAndDip.Mode(mode)))
                .map { DetectorSeries(.spikeAndDip($0), limit: plan.limit) }
        case .changePoint(let confidence, let history):
            return (try? ChangePoint(confidence: confidence, history: history))
                .map { DetectorSeries(.changePoint($0), limit: plan.limit) }
        case .anomaly:
            return DetectorSeries(.anomaly(SeriesDetector()), limit: plan.limit)
        case .lag, .last, .isFirst, .aggregate:
            return self.others.make(plan, limits: limits)
        }
    }

    package func restore(
        _ plan: AnalyticPlan,
        limits: QueryLimits,
        _ state: inout StateReader
    ) throws(StateReader.Fault) -> (any StatefulFunction)? {
        switch plan.function {
        case .spikeAndDip, .changePoint, .anomaly:
            return try DetectorSeries(restoring: &state, plan.function, limit: plan.limit)
        case .lag, .last, .isFirst, .aggregate:
            return try self.others.restore(plan, limits: limits, &state)
        }
    }
}

extension SpikeAndDip.Mode {
    /// What the query says.
    init(_ mode: AnalyticFunction.SpikeMode) {
        switch mode {
        case .spikes: self = .spikes
        case .dips: self = .dips
        case .spikesAndDips: self = .spikesAndDips
        }
    }
}
