package import TwinModel

/// One entry of a bulk request, an import or a provisioning: an identity with what its twin is to hold.
///
/// Source: contract iothub-rest section 2, "Bulk entries".
package struct RegistryEntry: Sendable {
    /// What is done with the entry; the raw values are those of `importMode`.
    package enum Mode: String, CaseIterable, Sendable {
        /// Makes it; refused when it is there.
        case create
        /// Replaces it; refused when it is not there.
        case update
        /// As `update`, and its etag must be ``RegistryEntry/etag``.
        case updateIfMatchETag
        /// Makes or replaces it.
        case createOrUpdate
        /// As `createOrUpdate`, and one that is there must have ``RegistryEntry/etag``.
        case createOrUpdateIfMatchETag
        /// Removes it.
        case delete
        /// As `delete`, and its etag must be ``RegistryEntry/etag``.
        case deleteIfMatchETag
        /// Replaces the given sections of its twin and leaves the identity as it is.
        case updateTwin
        /// As `updateTwin`, and the twin's etag must be ``RegistryEntry/twinETag``.
        case updateTwinIfMatchETag
    }

    /// What is done.
    package var mode: Mode
    /// The identity; of `delete` and `updateTwin` only its id counts.
    package var identity: DeviceIdentity
    /// Of the identity, bare.
    package var etag: String?
    /// Of the twin, bare; counts for every mode that writes the twin of an identity that is there.
    package var twinETag: String?
    /// A new twin begins with it; of one that is there the given sections are replaced. `nil` for nothing.
    package var twin: TwinPatch?
    /// Who: `policy:iothubowner`, `dps:group1`.
    package var author: String

    /// An entry.
    package init(
        _ mode: Mode,
        _ identity: DeviceIdentity,
        etag: String? = nil,
        twin: TwinPatch? = nil,
        twinETag: String? = nil,
        author: String
    ) {
        self.mode = mode
        self.identity = identity
        self.etag = etag
        self.twin = twin
        self.twinETag = twinETag
        self.author = author
    }

    /// The entry that makes a single change.
    package init(_ change: RegistryChange, author: String) {
        switch change {
        case .create(let identity):
            self.init(.create, identity, author: author)
        case .update(let identity, .any):
            self.init(.update, identity, author: author)
        case .update(let identity, .etag(let etag)):
            self.init(.updateIfMatchETag, identity, etag: etag, author: author)
        case .createOrUpdate(let identity):
            self.init(.createOrUpdate, identity, author: author)
        case .delete(let id, .any):
            self.init(.delete, DeviceIdentity(id: id), author: author)
        case .delete(let id, .etag(let etag)):
            self.init(.deleteIfMatchETag, DeviceIdentity(id: id), etag: etag, author: author)
        }
    }
}
