package import TelemetryModel

/// The registry: identities and what is remembered for them.
///
/// Calls block on the database: never call them on an event loop. Every change is durable when its call returns.
/// The embedded implementation is ``SQLiteIdentityStore``; one on PostgreSQL will stand beside it.
package protocol IdentityStore: Sendable {
    /// Carries out changes in order, in one transaction; each has its own outcome, and a refused one does not undo
    /// the others. The value is the identity afterwards, `nil` for a deletion.
    func apply(_ changes: [RegistryChange]) throws(RegistryError) -> [Result<DeviceIdentity?, RegistryError>]
    /// One identity, `nil` when unknown. O(log n).
    func identity(_ id: IdentityID) throws(RegistryError) -> DeviceIdentity?
    /// Devices in order of their ids, after `after`, at most `limit`.
    func devices(after: String?, limit: Int) throws(RegistryError) -> [DeviceIdentity]
    /// How many devices there are.
    func deviceCounts() throws(RegistryError) -> DeviceCounts
    /// The remembered subscriptions; `nil` when no session is kept.
    func subscriptions(of id: IdentityID) throws(RegistryError) -> [String]?
    /// Remembers subscriptions; `nil` forgets the session.
    func save(subscriptions: [String]?, of id: IdentityID) throws(RegistryError)
    /// Ends use of the store.
    func close()
}

extension IdentityStore {
    /// Carries out one change; see ``apply(_:)``.
    @discardableResult
    package func apply(_ change: RegistryChange) throws(RegistryError) -> DeviceIdentity? {
        let outcomes = try self.apply([change])
        return try outcomes[0].get()
    }
}

/// Devices by status.
package struct DeviceCounts: Equatable, Sendable {
    /// All devices.
    package var total: Int
    /// Those that may connect.
    package var enabled: Int

    /// Counts of these numbers.
    package init(total: Int, enabled: Int) {
        self.total = total
        self.enabled = enabled
    }
}
