package import TelemetryModel

/// The hub's time: a manual one in tests.
package struct HubClock: Sendable {
    /// Wall time.
    package var now: @Sendable () -> Timestamp
    /// Returns after that time; throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    /// A clock; by default it sleeps as long as it says.
    package init(
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.sleep = sleep
    }
}
