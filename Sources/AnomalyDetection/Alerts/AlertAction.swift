/// What an input did to an alert: what the caller must report.
package enum AlertAction: Equatable, Sendable {
    /// Why an alert ended.
    package enum ClearReason: Equatable, Sendable {
        /// What was observed is normal again.
        case returned
        /// It went on for so long that it is taken as what is normal now; detectors learn anew.
        case newNormal
    }

    /// Nothing to say.
    case none
    /// An alert begins.
    case opened
    /// The alert that ended a short while ago goes on.
    case reopened
    /// The open alert became more severe, or much further off; an acknowledgement of less severe trouble is void.
    case worsened
    /// The alert is open for long; it is said again.
    case reminded
    /// The alert ends.
    case cleared(ClearReason)
    /// An operator has seen it.
    case acknowledged
    /// An operator wants to hear nothing until a time.
    case silenced
    /// The silence has ended, by time or by an operator.
    case unsilenced
}
