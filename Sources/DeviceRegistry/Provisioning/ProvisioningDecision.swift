package import HubProtocol
import TelemetryJSON
package import TelemetryModel
import TwinModel

/// What a registration leads to. Pure: the caller brings what is stored, and stores what comes out.
///
/// - The identity is made when it is not there, with the enrollment's initial twin.
/// - A device that registers again keeps identity, generation and twin. Its credentials become those of its enrollment, so
///   that a group's new key is good for devices that were there before.
/// - An identity that is there without a registration is an individual enrollment's, since the operator has named it. A group
///   gets it only with the same credentials: else who has a group's key had every device.
/// - The twin begins anew only when the hub changed and the enrollment says so.
/// Source: contract provisioning section 5.
package struct ProvisioningDecision: Sendable {
    /// What the registry does with the identity; `nil` for nothing.
    package let entry: RegistryEntry?
    /// What is stored of the registration, without etag.
    package let registration: Registration

    /// What is stored.
    package struct Facts: Sendable {
        /// As it is now; `nil` when it is gone.
        package var enrollment: Enrollment?
        /// The device's last registration.
        package var registration: Registration?
        /// The identity of the device that the enrollment names.
        package var identity: DeviceIdentity?
        /// The gateway's names; not empty, the first is assigned.
        package var hubNames: [String]

        /// Facts.
        package init(
            enrollment: Enrollment?,
            registration: Registration?,
            identity: DeviceIdentity?,
            hubNames: [String]
        ) {
            self.enrollment = enrollment
            self.registration = registration
            self.identity = identity
            self.hubNames = hubNames
        }
    }

    /// Decides about a device that registers.
    ///
    /// - Parameters:
    ///   - id: who registers.
    ///   - proof: what it has proven.
    ///   - facts: what is stored.
    ///   - now: wall time.
    /// - Throws: `notEntitled`, `identityTaken`, `twin`.
    package init(
        of id: RegistrationID,
        proof: ProvisioningProof,
        facts: Facts,
        at now: Timestamp
    ) throws(ProvisioningRefusal) {
        guard let enrollment = facts.enrollment, enrollment.isEnabled, enrollment.reference == proof.enrollment,
            enrollment.etag == proof.etag,
            let device = ProvisioningDecision.device(of: id, enrollment, facts.registration)
        else { throw .notEntitled }
        let earlier = facts.registration.flatMap { $0.deviceID == device.device ? $0 : nil }
        let hubName = ProvisioningDecision.hubName(enrollment, earlier, facts.hubNames)
        var substatus = Registration.Substatus.initialAssignment
        if facts.identity != nil, let earlier, earlier.hubName != hubName {
            substatus = enrollment.keepsData ? .deviceDataMigrated : .deviceDataReset
        }
        self.registration = Registration(
            registrationID: facts.registration?.registrationID ?? id.text,
            enrollment: enrollment.reference,
            deviceID: device.device,
            hubName: hubName,
            substatus: substatus,
            etag: "",
            createdAt: facts.registration?.createdAt ?? now,
            updatedAt: now
        )
        var wanted = try ProvisioningDecision.identity(of: id, device, enrollment)
        wanted.isEdge = enrollment.isEdge
        guard let current = facts.identity else {
            self.entry = RegistryEntry(.create, wanted, twin: enrollment.initialTwin, author: enrollment.author)
            return
        }
        var changed = current
        changed.kind = wanted.kind
        changed.primaryKey = wanted.primaryKey
        changed.secondaryKey = wanted.secondaryKey
        changed.primaryThumbprint = wanted.primaryThumbprint
        changed.secondaryThumbprint = wanted.secondaryThumbprint
        let isSame = changed.hasSameCredentials(as: current)
        guard isSame || earlier != nil || enrollment.kind == .individual else { throw .identityTaken(device) }
        if substatus == .deviceDataReset {
            let twin = try ProvisioningDecision.freshTwin(enrollment.initialTwin)
            self.entry = RegistryEntry(.update, changed, twin: twin, author: enrollment.author)
        } else {
            self.entry = isSame ? nil : RegistryEntry(.update, changed, author: enrollment.author)
        }
    }

    /// The device that an enrollment names for a registration id: its own, else the id as it was written first.
    package static func device(
        of id: RegistrationID,
        _ enrollment: Enrollment,
        _ registration: Registration?
    ) -> IdentityID? {
        IdentityID(device: enrollment.deviceID ?? registration?.registrationID ?? id.text)
    }

    private static func hubName(_ enrollment: Enrollment, _ earlier: Registration?, _ names: [String]) -> String {
        let isNamed = { (name: String) in names.contains { $0.lowercased() == name.lowercased() } }
        // Who is not to follow stays where it is, as long as the gateway answers to that name.
        if !enrollment.followsHub, let earlier, isNamed(earlier.hubName) { return earlier.hubName }
        if let wanted = enrollment.hubName, isNamed(wanted) { return wanted }
        return names.first ?? ""
    }

    private static func identity(
        of id: RegistrationID,
        _ device: IdentityID,
        _ enrollment: Enrollment
    ) throws(ProvisioningRefusal) -> DeviceIdentity {
        switch enrollment.attestation {
        case .keys(let primary, let secondary):
            guard enrollment.kind == .group else {
                return DeviceIdentity(id: device, primaryKey: primary, secondaryKey: secondary)
            }
            guard let primary = id.deviceKey(ofGroup: primary), let secondary = id.deviceKey(ofGroup: secondary) else {
                throw .notEntitled
            }
            return DeviceIdentity(id: device, primaryKey: primary, secondaryKey: secondary)
        case .certificates(let certificates):
            let thumbprints = certificates.map { Thumbprint.sha256(of: $0) }
            return DeviceIdentity(
                id: device,
                kind: .selfSigned,
                primaryThumbprint: thumbprints.first,
                secondaryThumbprint: thumbprints.dropFirst().first
            )
        case .authorities:
            return DeviceIdentity(id: device, kind: .certificateAuthority)
        }
    }

    /// Both of the service's sections, so that nothing of what was there stays.
    private static func freshTwin(_ initial: TwinPatch?) throws(ProvisioningRefusal) -> TwinPatch {
        do throws(TwinError) {
            let none = JSONValue.object([:])
            let empty = try TwinPatch(.object(["tags": none, "properties": .object(["desired": none])]))
            return TwinPatch(tags: initial?.tags ?? empty.tags, desired: initial?.desired ?? empty.desired)
        } catch {
            throw .twin(error)
        }
    }
}
