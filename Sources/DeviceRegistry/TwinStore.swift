package import TelemetryModel

/// The twins of the registry's identities. Calls block on the database.
package protocol TwinStore: Sendable {
    /// The twin of an identity; `nil` when there is no such identity. O(log n).
    func twin(_ id: IdentityID) throws(RegistryError) -> StoredTwin?
    /// Carries out writes in order, in one transaction that is durable when the call returns, each with its event in the
    /// outbox. A refused write does not undo the others.
    func apply(_ writes: [TwinWrite]) throws(RegistryError) -> [Result<TwinOutcome, TwinRefusal>]
    /// Identities with their twins, devices and modules, in the order of their ids: a page of the whole registry.
    ///
    /// Each page is as the registry was at one moment; who changes it meanwhile may be in the pages as before or as after.
    ///
    /// - Parameters:
    ///   - id: the last one of the page before; `nil` for the first page.
    ///   - limit: how many at most.
    /// - Returns: The page; empty behind the last identity.
    /// - Throws: `RegistryError.storage`.
    func twins(after id: IdentityID?, limit: Int) throws(RegistryError) -> [StoredTwin]
}
