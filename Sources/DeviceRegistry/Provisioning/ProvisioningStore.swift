package import HubProtocol
package import TelemetryModel
package import TwinModel

/// Enrollments, registrations and what they make. Calls block on the database.
package protocol ProvisioningStore: Sendable {
    /// Makes an enrollment, or replaces one. A change is an event in the outbox.
    ///
    /// - Parameters:
    ///   - enrollment: as it is to be.
    ///   - condition: `nil` makes one, and is refused when it is there; else one that is there is replaced.
    ///   - author: who.
    /// - Returns: The enrollment with etag and times.
    /// - Throws: `enrollmentExists`, `enrollmentNotFound`, `enrollmentChanged`, `tooManyGroups`, `registry`.
    func put(
        _ enrollment: Enrollment,
        ifMatch condition: EntityTagCondition?,
        author: String
    ) throws(ProvisioningRefusal) -> Enrollment
    /// Deletes an enrollment with its registrations; identities stay.
    func delete(
        _ enrollment: Enrollment.Reference,
        ifMatch condition: EntityTagCondition,
        author: String
    ) throws(ProvisioningRefusal)
    /// One enrollment, `nil` when unknown. O(log n).
    func enrollment(_ reference: Enrollment.Reference) throws(ProvisioningRefusal) -> Enrollment?
    /// Enrollments of one kind in order of their keys, after `after`, at most `limit`.
    func enrollments(
        _ kind: Enrollment.Kind,
        after: String?,
        limit: Int
    ) throws(ProvisioningRefusal) -> [Enrollment]
    /// What a device may register by: the enrollment of its own, and only without one the groups.
    func candidates(for id: RegistrationID) throws(ProvisioningRefusal) -> [Enrollment]
    /// Carries out what ``ProvisioningDecision`` says, in one transaction with the events that tell of it.
    func register(
        _ id: RegistrationID,
        proof: ProvisioningProof,
        hubNames: [String]
    ) throws(ProvisioningRefusal) -> Registration
    /// One registration, `nil` when unknown. O(log n).
    func registration(_ id: String) throws(ProvisioningRefusal) -> Registration?
    /// The registrations by one enrollment in order of their ids, after `after`, at most `limit`.
    func registrations(
        of enrollment: Enrollment.Reference,
        after: String?,
        limit: Int
    ) throws(ProvisioningRefusal) -> [Registration]
    /// Deletes a registration; the identity stays.
    func deleteRegistration(
        _ id: String,
        ifMatch condition: EntityTagCondition,
        author: String
    ) throws(ProvisioningRefusal)
    /// The authorities, DER, of the enabled enrollment by which the device registered; none for most devices. O(log n).
    func authorities(ofDevice id: IdentityID) throws(ProvisioningRefusal) -> [[UInt8]]
}
