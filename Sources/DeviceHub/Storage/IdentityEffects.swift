internal import DeviceRegistry

/// What came of a change of identities, after its commit.
struct IdentityEffects {
    /// Twins that were there and were written.
    var twins: [TwinOutcome]
    /// Events that were put into the outbox, about.
    var eventCount: Int
    /// Answers whoever asked for the change; called when everybody else has been told.
    var done: @Sendable () -> Void
}
