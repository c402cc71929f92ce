package import DeviceRegistry

/// The parts of the registry that the hub works with.
package struct HubStores: Sendable {
    package let identities: any IdentityStore
    package let twins: any TwinStore
    package let queries: any QueryStore
    package let messages: any MessageStore
    package var outbox: any OutboxStore

    /// All parts of one registry: they share its transactions.
    package init(_ registry: some IdentityStore & TwinStore & QueryStore & MessageStore & OutboxStore) {
        self.identities = registry
        self.twins = registry
        self.queries = registry
        self.messages = registry
        self.outbox = registry
    }
}
