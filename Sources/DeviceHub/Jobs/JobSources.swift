package import DeviceRegistry
package import TelemetryModel

/// What jobs and configurations work with.
package struct JobSources: Sendable {
    /// Finds devices by conditions.
    package var queries: any QueryStore
    /// What conditions ask that is not in the registry.
    package var live: LiveColumns
    /// Does something with a device.
    package var fleet: any FleetActing
    /// Where stores may block.
    package var calls: StoreCalls
    /// Wall time.
    package var now: @Sendable () -> Timestamp

    /// These sources.
    package init(
        queries: any QueryStore,
        live: LiveColumns,
        fleet: any FleetActing,
        calls: StoreCalls,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.queries = queries
        self.live = live
        self.fleet = fleet
        self.calls = calls
        self.now = now
    }
}
