package import TelemetryModel

/// One change of a kept session, found by its number.
package enum SessionChange: Equatable, Sendable {
    /// Replaces the subscriptions; the text is the caller's.
    case subscriptions(Int64, String)
    /// Changes how many seconds it is kept.
    case expirySeconds(Int64, UInt32)
    /// Notes when its connection ended; `nil`: it is connected again.
    case disconnected(Int64, at: Timestamp?)
    /// Forgets it.
    case delete(Int64)
}
