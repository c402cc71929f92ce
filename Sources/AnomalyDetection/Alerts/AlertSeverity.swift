/// How urgent an alert is.
package enum AlertSeverity: Int, Comparable, CaseIterable, Sendable {
    /// Worth knowing: nothing is wrong yet.
    case information
    /// The readings may be wrong, or soon will be.
    case warning
    /// The readings cannot be used, or the device is gone.
    case critical

    package static func < (left: AlertSeverity, right: AlertSeverity) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The word of the records: `information`, `warning`, `critical`.
    package var name: String {
        switch self {
        case .information: "information"
        case .warning: "warning"
        case .critical: "critical"
        }
    }
}
