/// What an ``AnalyticPlan`` computes for an event.
package enum AnalyticFunction: Hashable, Sendable {
    /// What `AnomalyDetection_SpikeAndDip` looks for.
    package enum SpikeMode: String, CaseIterable, Sendable {
        case spikes
        case dips
        case spikesAndDips = "spikesanddips"
    }

    /// `LAG`: the argument of the event so many (1 or more) before this one.
    case lag(offset: Int)
    /// `LAST`: the argument of the latest event up to and with this one.
    case last
    /// `ISFIRST`: 1 for the first event of each interval of so many milliseconds, else 0; intervals begin at multiples since 1970.
    case isFirst(interval: Int64)
    /// `AnomalyDetection_SpikeAndDip`: a record with `IsAnomaly` (0 or 1) and `Score` (a p-value).
    case spikeAndDip(confidence: Double, history: Int, mode: SpikeMode)
    /// `AnomalyDetection_ChangePoint`: a record with `IsAnomaly` and `Score`.
    case changePoint(confidence: Double, history: Int)
    /// `Anomaly`: Weir's own detector; a record with `IsAnomaly`, `Score` and what it expected.
    case anomaly
    /// An aggregate with `OVER (… LIMIT DURATION …)`: of the events in that time, this one included.
    case aggregate(AggregateFunction)
}
