package import TelemetryModel

/// An alert as it is told: all that is needed to see why it is there.
package struct Alert: Equatable, Sendable {
    package enum State: Int, Equatable, Sendable {
        /// It begins with this report.
        case open
        /// It goes on.
        case hold
        /// It ends with this report.
        case clear

        /// The word of the records: `open`, `hold`, `clear`.
        package var name: String {
            switch self {
            case .open: "open"
            case .hold: "hold"
            case .clear: "clear"
            }
        }
    }

    /// Most samples of a window.
    package static let windowMax = 64

    /// The rule that made it, and that rule's version.
    package var rule: String
    package var ruleVersion: Int
    /// The device's id.
    package var device: String
    /// The channel; `nil` when it is about the device as a whole.
    package var series: String?
    /// What says why: the worst of all detectors that took part since it began, or began again.
    package var finding: HealthFinding
    /// All detectors that took part, in the order of ``HealthDetector``.
    package var detectors: [HealthDetector]
    package var severity: AlertSeverity
    package var state: State
    package var openedAt: Timestamp
    /// The latest abnormal observation.
    package var lastAt: Timestamp
    /// `nil` while it is open.
    package var clearedAt: Timestamp?
    package var acknowledgedAt: Timestamp?
    package var acknowledgedBy: String?
    /// An operator wants to hear nothing until then.
    package var silencedUntil: Timestamp?
    /// Readings around its beginning, at most ``windowMax``, oldest first.
    package var window: [AlertSample]
    /// The topic of ``first`` and ``last``.
    package var topic: String
    /// The record that opened it (for silence: the last one before it), and the latest one of the event.
    package var first: RecordPosition
    package var last: RecordPosition
    /// One English sentence.
    package var sentence: String
}
