package import TelemetryModel

/// Keeps the subscriptions of sessions across connections and restarts. Called off the event loops.
package protocol SessionStoring: Sendable {
    /// Replaces the subscriptions of an identity; returns when they are durable, and SUBACK follows.
    func save(subscriptions: [String], of identity: IdentityID) async throws
}
