/// What a detector or a rule says about one instant, as an alert's life takes it.
package enum AlertObservation: Equatable, Sendable {
    case normal
    /// `score` is 0.5 to 1.
    case abnormal(severity: AlertSeverity, score: Double)
}
