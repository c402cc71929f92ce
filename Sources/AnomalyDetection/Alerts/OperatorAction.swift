package import TelemetryModel

/// What an operator does about an alert. It comes as a record, so that a later run over the log sees it at the same place.
package enum OperatorAction: Equatable, Sendable {
    /// "I have seen it": only an open alert takes it.
    case acknowledge(by: String)
    /// "Say nothing until then": open or not, as before planned work.
    case silence(by: String, until: Timestamp)
    /// Ends a silence at once.
    case unsilence(by: String)
}
