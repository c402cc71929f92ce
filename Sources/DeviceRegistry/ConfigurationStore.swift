package import TelemetryModel

/// Configurations and what they hold in twins. Calls block on the database; a change is durable when its call returns.
package protocol ConfigurationStore: Sendable {
    /// All configurations in the order of their ids; there are few.
    func configurations() throws(RegistryError) -> [StoredConfiguration]
    /// Stores a new configuration, with an etag.
    ///
    /// - Parameters:
    ///   - configuration: the new one.
    ///   - limit: how many there may be at most.
    ///   - event: what tells of it.
    /// - Returns: The configuration with its etag.
    /// - Throws: Why it is not stored.
    func add(
        _ configuration: StoredConfiguration,
        limit: Int,
        event: HubEvent
    ) throws(ConfigurationRefusal) -> StoredConfiguration
    /// Gives a configuration another body and a new etag.
    func update(
        _ id: String,
        body: [UInt8],
        etag: String?,
        at now: Timestamp,
        event: HubEvent
    ) throws(ConfigurationRefusal) -> StoredConfiguration
    /// Removes a configuration; its targets stay until they are taken away.
    func deleteConfiguration(_ id: String, etag: String?, event: HubEvent) throws(ConfigurationRefusal)
    /// Remembers what metric queries gave.
    func setResults(_ results: [String: [UInt8]]) throws(RegistryError)
    /// How many twins a configuration targets, and how many of them have its content. O(targets).
    func targetCounts(of id: String) throws(RegistryError) -> (targeted: Int, applied: Int)
    /// Targets in the order of device, module and configuration.
    ///
    /// - Parameters:
    ///   - target: the last one of the page before; `nil` for the first page.
    ///   - limit: how many at most.
    /// - Returns: A page.
    /// - Throws: When the database fails.
    func targets(after target: ConfigurationTarget?, limit: Int) throws(RegistryError) -> [ConfigurationTarget]
    /// The targets of one twin, in the order of configurations. May be called from within a query's pass, on its thread.
    func targets(of id: IdentityID) throws(RegistryError) -> [ConfigurationTarget]
    /// Stores targets of identities that are there, and removes others, in one transaction.
    func change(
        targets: [ConfigurationTarget],
        removing removed: [(id: IdentityID, configuration: String)]
    ) throws(RegistryError)
}
