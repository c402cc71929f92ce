package import DeviceRegistry

/// The parts of the registry that the hub works with.
package struct HubStores: Sendable {
    package let identities: any IdentityStore
    package let twins: any TwinStore
    package let queries: any QueryStore
    package let messages: any MessageStore
    package let outbox: any OutboxStore

    /// All parts of one registry: they share its transactions.
    ///
    /// - Parameters:
    ///   - registry: all parts.
    ///   - outbox: another way to its outbox, for tests of faults.
    package init(
        _ registry: some IdentityStore & TwinStore & QueryStore & MessageStore & OutboxStore,
        outbox: (any OutboxStore)? = nil
    ) {
        self.identities = registry
        self.twins = registry
        self.queries = registry
        self.messages = registry
        self.outbox = outbox ?? registry
    }
}
