package import DeviceRegistry
package import TelemetryModel

/// The registry in the hands of one change: nobody else writes identities or twins until the change is done.
///
/// Lives on the writer's thread, and only there.
package final class IdentityEditor {
    private let store: any IdentityStore
    /// Twins that were there and were written.
    private(set) var twins: [TwinOutcome] = []
    /// Entries that were carried out: each has made an event or two.
    private(set) var eventCount = 0

    init(_ store: any IdentityStore) {
        self.store = store
    }

    /// One identity, `nil` when unknown.
    package func identity(_ id: IdentityID) throws(RegistryError) -> DeviceIdentity? {
        try self.store.identity(id)
    }

    /// The modules of a device.
    package func modules(of device: IdentityID) throws(RegistryError) -> [DeviceIdentity] {
        try self.store.modules(of: device)
    }

    /// Carries out entries in one transaction; see `IdentityStore`.
    package func apply(_ entries: [RegistryEntry]) throws(RegistryError) -> [Result<EntryOutcome, EntryRefusal>] {
        let outcomes = try self.store.apply(entries)
        for case .success(let outcome) in outcomes {
            self.eventCount += 1
            if let twin = outcome.twinOutcome { self.twins.append(twin) }
        }
        return outcomes
    }

    /// Carries out one change without a twin; the value is the identity afterwards, `nil` for a deletion.
    package func apply(_ change: RegistryChange, author: String) throws(RegistryError) -> DeviceIdentity? {
        let identity = try self.store.apply(change, author: author)
        self.eventCount += 1
        return identity
    }
}
