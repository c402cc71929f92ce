/// An argument of an anomaly function that is out of its range: what was given and what was expected.
package enum AnomalyFunctionError: Error, Equatable, Sendable {
    /// The confidence in percent.
    case confidence(Double)
    /// The number of events in the history.
    case history(Int)
    /// The kind of deviation looked for.
    case mode(String)
}

extension AnomalyFunctionError: CustomStringConvertible {
    /// One sentence with the value seen and the values expected.
    package var description: String {
        switch self {
        case .confidence(let value): "the confidence is \(value), expected 1 to 100 percent"
        case .history(let value):
            "the history size is \(value), expected \(AnomalyFunctionArguments.histories.lowerBound) to "
                + "\(AnomalyFunctionArguments.histories.upperBound) events"
        case .mode(let value): "the mode is '\(value)', expected 'spikes', 'dips' or 'spikesanddips'"
        }
    }
}
