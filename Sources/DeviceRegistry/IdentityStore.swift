package import TelemetryModel

/// The registry: identities and what is remembered for them.
///
/// Calls block on the database: never call them on an event loop. Every change is durable when its call returns.
/// The embedded implementation is ``SQLiteIdentityStore``; one on PostgreSQL will stand beside it.
package protocol IdentityStore: Sendable {
    /// Carries out entries in order, in one transaction; each has its own outcome, and a refused one does not undo the
    /// others. What they make and remove is an event of the topic `lifecycle` in the outbox, what they write into twins one
    /// of `twin-changes`.
    ///
    /// - Returns: For each what became of it.
    func apply(_ entries: [RegistryEntry]) throws(RegistryError) -> [Result<EntryOutcome, EntryRefusal>]
    /// One identity, `nil` when unknown. O(log n).
    func identity(_ id: IdentityID) throws(RegistryError) -> DeviceIdentity?
    /// Devices in order of their ids, after `after`, at most `limit`.
    func devices(after: String?, limit: Int) throws(RegistryError) -> [DeviceIdentity]
    /// The modules of a device in order of their ids; none when the device is unknown.
    func modules(of device: IdentityID) throws(RegistryError) -> [DeviceIdentity]
    /// How many devices there are.
    func deviceCounts() throws(RegistryError) -> DeviceCounts

    /// Carries out one change of the applications; the value is the application afterwards, `nil` for a deletion.
    @discardableResult
    func apply(_ change: ApplicationChange) throws(RegistryError) -> ApplicationIdentity?
    /// One application, `nil` when unknown. O(log n).
    func application(_ name: String) throws(RegistryError) -> ApplicationIdentity?
    /// Applications in order of their names, after `after`, at most `limit`.
    func applications(after: String?, limit: Int) throws(RegistryError) -> [ApplicationIdentity]
    /// Who is registered with one of these thumbprints; more than two are not looked for. O(log n).
    func principals(withAnyOf thumbprints: [Thumbprint]) throws(RegistryError) -> [Principal]

    /// Every kept session, in order of their numbers.
    func sessions() throws(RegistryError) -> [StoredSession]
    /// The session of a principal and client id.
    func session(of principal: Principal, clientID: String) throws(RegistryError) -> StoredSession?
    /// Begins a session in the place of an older one of the same key, with a new number and no subscriptions.
    ///
    /// `nil` when there is no such principal (any more): its successor must not find the session.
    func makeSession(
        of principal: Principal,
        clientID: String,
        expirySeconds: UInt32
    ) throws(RegistryError) -> StoredSession?
    /// Carries out changes of sessions in one transaction; a session that ended meanwhile stays ended.
    func apply(_ changes: [SessionChange]) throws(RegistryError)

    /// Writes everything as it is at one moment into a new file; others go on meanwhile.
    func copy(to path: String) throws(RegistryError)

    /// Ends use of the store.
    func close()
}

extension IdentityStore {
    /// Carries out changes as entries without twins; the values are the identities afterwards, `nil` for a deletion.
    ///
    /// - Parameters:
    ///   - changes: in order.
    ///   - author: who, as ``RegistryEntry/author``; empty when nobody is to be named.
    /// - Returns: For each change its own outcome.
    /// - Throws: `RegistryError.storage`; then nothing was changed.
    package func apply(
        _ changes: [RegistryChange],
        author: String = ""
    ) throws(RegistryError) -> [Result<DeviceIdentity?, RegistryError>] {
        try self.apply(changes.map { RegistryEntry($0, author: author) }).map { outcome in
            switch outcome {
            case .success(let outcome): .success(outcome.stored?.identity)
            case .failure(.registry(let error)): .failure(error)
            case .failure(.twin(let error)): .failure(.storage("a change without a twin was refused for it: \(error)"))
            }
        }
    }

    /// Carries out one change; see ``apply(_:author:)``.
    @discardableResult
    package func apply(_ change: RegistryChange, author: String = "") throws(RegistryError) -> DeviceIdentity? {
        try self.apply([change], author: author)[0].get()
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
