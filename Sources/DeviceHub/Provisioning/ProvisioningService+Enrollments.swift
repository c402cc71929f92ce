package import DeviceRegistry
package import HubProtocol
package import TelemetryJSON
package import TwinModel

extension ProvisioningService {
    /// Makes an enrollment, or with a condition replaces one.
    ///
    /// - Parameters:
    ///   - kind: which.
    ///   - name: its name.
    ///   - body: its document.
    ///   - condition: of `If-Match`.
    ///   - author: who: `policy:NAME`.
    /// - Returns: The stored document, without keys.
    /// - Throws: `argumentInvalid`, `enrollmentAlreadyExists`, `enrollmentNotFound`, `preconditionFailed`, `quotaExceeded`,
    ///   `serverError`.
    package func put(
        _ kind: Enrollment.Kind,
        _ name: String,
        _ body: JSONObject,
        ifMatch condition: EntityTagCondition?,
        author: String
    ) async throws(HubError) -> JSONObject {
        let reference = Enrollment.Reference(kind, name)
        let current = try await self.ask { store throws(ProvisioningRefusal) in try store.enrollment(reference) }
        if condition == nil, current != nil { throw HubError(.enrollmentExists(reference)) }
        let enrollment = try EnrollmentDocument.read(
            body,
            as: reference,
            name: name,
            replacing: current,
            hubNames: self.configuration.hubNames
        )
        // What was kept of the stored one must still be so.
        let exact: EntityTagCondition? =
            if case .any? = condition, let current { .etag(current.etag) } else { condition }
        let stored = try await self.ask { store throws(ProvisioningRefusal) in
            try store.put(enrollment, ifMatch: exact, author: author)
        }
        return EnrollmentDocument.make(stored)
    }

    /// An enrollment's document, without keys; an individual's with its registration.
    package func enrollment(_ kind: Enrollment.Kind, _ name: String) async throws(HubError) -> JSONObject {
        let reference = Enrollment.Reference(kind, name)
        let found = try await self.ask { store throws(ProvisioningRefusal) in
            guard let enrollment = try store.enrollment(reference) else {
                throw ProvisioningRefusal.enrollmentNotFound(reference)
            }
            let registration = try kind == .individual ? store.registration(name) : nil
            return (enrollment, registration)
        }
        return EnrollmentDocument.make(found.0, registration: found.1)
    }

    /// How devices prove themselves by an enrollment, with its keys.
    package func attestation(_ kind: Enrollment.Kind, _ name: String) async throws(HubError) -> JSONObject {
        let reference = Enrollment.Reference(kind, name)
        let found = try await self.ask { store throws(ProvisioningRefusal) in try store.enrollment(reference) }
        guard let found else { throw HubError(.enrollmentNotFound(reference)) }
        return AttestationDocument.make(found.attestation, withKeys: true)
    }

    /// Deletes an enrollment with its registrations; the devices stay.
    package func delete(
        _ kind: Enrollment.Kind,
        _ name: String,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) {
        let reference = Enrollment.Reference(kind, name)
        try await self.ask { store throws(ProvisioningRefusal) in
            try store.delete(reference, ifMatch: condition, author: author)
        }
    }

    /// A page of enrollments in the order of their names.
    ///
    /// - Parameters:
    ///   - kind: which.
    ///   - limit: entries at most, 1 to 1,000.
    ///   - after: where the page before ended.
    /// - Returns: The documents, and where the next page begins when there may be one.
    /// - Throws: `serverError`.
    package func enrollments(
        _ kind: Enrollment.Kind,
        limit: Int,
        after: String?
    ) async throws(HubError) -> (items: [JSONObject], continuation: String?) {
        let limit = min(max(limit, 1), ProvisioningLimits.pageMax)
        let page = try await self.ask { store throws(ProvisioningRefusal) in
            try store.enrollments(kind, after: after, limit: limit)
        }
        let continuation = page.count == limit ? page.last?.reference.key : nil
        return (page.map { EnrollmentDocument.make($0) }, continuation)
    }

    /// A registration's document.
    package func registration(_ id: String) async throws(HubError) -> JSONObject {
        let found = try await self.ask { store throws(ProvisioningRefusal) in try store.registration(id) }
        guard let found else { throw HubError(.registrationNotFound(id)) }
        return RegistrationDocument.make(found)
    }

    /// A page of the registrations by one enrollment; see ``enrollments(_:limit:after:)``.
    package func registrations(
        of kind: Enrollment.Kind,
        _ name: String,
        limit: Int,
        after: String?
    ) async throws(HubError) -> (items: [JSONObject], continuation: String?) {
        let reference = Enrollment.Reference(kind, name)
        let limit = min(max(limit, 1), ProvisioningLimits.pageMax)
        let page = try await self.ask { store throws(ProvisioningRefusal) in
            guard try store.enrollment(reference) != nil else {
                throw ProvisioningRefusal.enrollmentNotFound(reference)
            }
            return try store.registrations(of: reference, after: after, limit: limit)
        }
        let continuation = page.count == limit ? page.last?.registrationID.lowercased() : nil
        return (page.map { RegistrationDocument.make($0) }, continuation)
    }

    /// Deletes a registration; the device stays.
    package func deleteRegistration(
        _ id: String,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) {
        try await self.ask { store throws(ProvisioningRefusal) in
            try store.deleteRegistration(id, ifMatch: condition, author: author)
        }
    }
}
