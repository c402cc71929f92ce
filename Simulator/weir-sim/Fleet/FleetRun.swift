import UnixSignals

/// Runs a fleet to its end: signals, time limit and status beside it.
enum FleetRun {
    /// Runs a fleet.
    ///
    /// - Parameters:
    ///   - fleet: not yet started.
    ///   - limit: after this long the fleet is stopped; `nil`: it ends by itself or by a signal.
    ///   - interval: time between two calls of `status`.
    ///   - status: shows how far the fleet is.
    /// - Returns: whether a signal stopped it.
    /// - Throws: when an event loop is shut down.
    static func run<Feed: DeviceFeed>(
        _ fleet: Fleet<Feed>,
        limit: Duration?,
        interval: Duration,
        status: @escaping @Sendable () -> Void
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { await FleetRun.stopOnSignal(fleet) }
            group.addTask {
                // Cancelled, the sleep throws and the loop is over.
                while (try? await Task.sleep(for: interval)) != nil { status() }
                return false
            }
            if let limit {
                group.addTask {
                    if (try? await Task.sleep(for: limit)) != nil { fleet.stop() }
                    return false
                }
            }
            fleet.start()
            try await fleet.ended()
            group.cancelAll()
            return try await group.reduce(false) { $0 || $1 }
        }
    }

    /// Stops the fleet at the first signal and the process at the second.
    ///
    /// - Returns: whether there was a signal, once the task is cancelled.
    private static func stopOnSignal<Feed: DeviceFeed>(_ fleet: Fleet<Feed>) async -> Bool {
        var wasSignalled = false
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            if wasSignalled { Terminal.abort() }
            wasSignalled = true
            fleet.stop()
        }
        return wasSignalled
    }
}
