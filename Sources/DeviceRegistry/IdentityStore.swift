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
