package import TelemetryModel

/// Makes the series of analytic functions. Detectors come from outside: whoever runs queries with them brings a maker that
/// knows them, and ``BuiltInFunctions`` for the rest.
package protocol StatefulFunctions: Sendable {
    /// A new series; `nil` for a function that is not known.
    func make(_ plan: AnalyticPlan, limits: QueryLimits) -> (any StatefulFunction)?

    /// A series as ``StatefulFunction/snapshot(into:)`` wrote it; `nil` for a function that is not known.
    func restore(
        _ plan: AnalyticPlan,
        limits: QueryLimits,
        _ state: inout StateReader
    ) throws(StateReader.Fault) -> (any StatefulFunction)?
}

/// `LAG`, `LAST`, `ISFIRST` and aggregates with `OVER (… LIMIT DURATION …)`.
package struct BuiltInFunctions: StatefulFunctions {
    package init() {}

    package func make(_ plan: AnalyticPlan, limits: QueryLimits) -> (any StatefulFunction)? {
        switch plan.function {
        case .lag(let offset): LagSeries(offset: offset, limit: plan.limit)
        case .last: LastSeries(limit: plan.limit)
        case .isFirst(let interval): FirstSeries(interval: interval)
        case .aggregate(let function):
            MovingAggregate(function, limit: plan.limit, valuesMax: limits.valuesPerGroupMax)
        case .spikeAndDip, .changePoint, .anomaly: nil
        }
    }

    package func restore(
        _ plan: AnalyticPlan,
        limits: QueryLimits,
        _ state: inout StateReader
    ) throws(StateReader.Fault) -> (any StatefulFunction)? {
        switch plan.function {
        case .lag(let offset): return try LagSeries(restoring: &state, offset: offset, limit: plan.limit)
        case .last: return try LastSeries(restoring: &state, limit: plan.limit)
        case .isFirst(let interval): return try FirstSeries(restoring: &state, interval: interval)
        case .aggregate(let function):
            return try MovingAggregate(
                restoring: &state,
                function,
                limit: plan.limit,
                valuesMax: limits.valuesPerGroupMax
            )
        case .spikeAndDip, .changePoint, .anomaly: return nil
        }
    }
}
