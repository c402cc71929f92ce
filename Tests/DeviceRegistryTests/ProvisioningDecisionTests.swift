import DeviceRegistry
import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("what a registration leads to, contract provisioning section 5")
struct ProvisioningDecisionTests {
    private static let now = Timestamp(seconds: 1_795_000_000)
    private static let groupKey = "ZHBzLWdyb3VwLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDE="
    private static let ownKey = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="

    private static func group(_ change: (inout Enrollment) -> Void = { _ in }) -> Enrollment {
        var enrollment = Enrollment(
            kind: .group,
            name: "Fleet",
            attestation: .keys(primary: self.groupKey, secondary: self.ownKey)
        )
        change(&enrollment)
        return enrollment
    }

    private static func individual(_ change: (inout Enrollment) -> Void = { _ in }) -> Enrollment {
        var enrollment = Enrollment(
            kind: .individual,
            name: "sensor-7",
            attestation: .keys(primary: self.ownKey, secondary: self.groupKey),
            deviceID: "dev-7"
        )
        change(&enrollment)
        return enrollment
    }

    private static func record(by enrollment: Enrollment, device: String, hub: String = "hub.a") -> Registration {
        Registration(
            registrationID: "sensor-7",
            enrollment: enrollment.reference,
            deviceID: device,
            hubName: hub,
            substatus: .initialAssignment,
            etag: "e",
            createdAt: Timestamp(seconds: 1_000),
            updatedAt: Timestamp(seconds: 1_000)
        )
    }

    private static func decide(
        _ proven: Enrollment,
        stored: Enrollment?,
        _ registration: Registration? = nil,
        identity: DeviceIdentity? = nil,
        hubs: [String] = ["hub.a", "hub.b"]
    ) throws -> ProvisioningDecision {
        try ProvisioningDecision(
            of: #require(RegistrationID("sensor-7")),
            proof: ProvisioningProof(proven),
            facts: .init(enrollment: stored, registration: registration, identity: identity, hubNames: hubs),
            at: self.now
        )
    }

    @Test("a new device of a group has the registration id and keys derived from both of the group's")
    func newOfGroup() throws {
        let twin = try TwinPatch(.object(["tags": .object(["site": .string("north")])]))
        let group = Self.group { $0.initialTwin = twin }
        let decision = try Self.decide(group, stored: group)
        let entry = try #require(decision.entry)
        let id = try #require(RegistrationID("sensor-7"))
        #expect(entry.mode == .create)
        #expect(entry.author == "dps:Fleet")
        #expect(entry.twin == twin)
        #expect(entry.identity.id == IdentityID(device: "sensor-7"))
        #expect(entry.identity.primaryKey == "wA8ltbpIxFDjODWt3hKt6Om7h/pIbnLqfvcmTPx6oEE=")
        #expect(entry.identity.secondaryKey == id.deviceKey(ofGroup: Self.ownKey))
        #expect(decision.registration.hubName == "hub.a")
        #expect(decision.registration.createdAt == Self.now)
    }

    @Test("a new device of its own enrollment has that device id and those keys")
    func newIndividual() throws {
        let decision = try Self.decide(Self.individual(), stored: Self.individual())
        let identity = try #require(decision.entry?.identity)
        #expect(identity.id == IdentityID(device: "dev-7"))
        #expect((identity.primaryKey, identity.secondaryKey) == (Self.ownKey, Self.groupKey))
        #expect(decision.registration.deviceID == "dev-7")
    }

    @Test("certificates become thumbprints of an individual's identity, and authorities of a group the CA kind")
    func certificates() throws {
        let own = Self.individual { $0.attestation = .certificates([[1], [2]]) }
        let selfSigned = try #require(try Self.decide(own, stored: own).entry?.identity)
        #expect(selfSigned.kind == .selfSigned)
        #expect(selfSigned.primaryThumbprint == Thumbprint.sha256(of: [1]))
        #expect(selfSigned.secondaryThumbprint == Thumbprint.sha256(of: [2]))
        #expect(selfSigned.primaryKey.isEmpty)
        let fleet = Self.group { $0.attestation = .authorities([[3]]) }
        #expect(try Self.decide(fleet, stored: fleet).entry?.identity.kind == .certificateAuthority)
    }

    @Test(
        "who has no enrollment any more, a disabled or another one, or one that has changed since, gets nothing",
        arguments: [
            nil, ProvisioningDecisionTests.group { $0.isEnabled = false },
            ProvisioningDecisionTests.group { $0.name = "other" },
            ProvisioningDecisionTests.group { $0.etag = "later" },
            ProvisioningDecisionTests.individual(),
        ]
    )
    func notEntitled(stored: Enrollment?) {
        #expect(throws: ProvisioningRefusal.notEntitled) { try Self.decide(Self.group(), stored: stored) }
    }

    @Test("a device that registers again keeps everything, and the time of its first registration")
    func again() throws {
        let group = Self.group()
        let identity = try #require(try Self.decide(group, stored: group).entry?.identity)
        let record = Self.record(by: group, device: "sensor-7")
        let decision = try Self.decide(group, stored: group, record, identity: identity)
        #expect(decision.entry == nil)
        #expect(decision.registration.substatus == .initialAssignment)
        #expect(decision.registration.createdAt == record.createdAt)
        #expect(decision.registration.updatedAt == Self.now)
    }

    @Test("a device whose identity was deleted gets a new one")
    func deletedIdentity() throws {
        let group = Self.group()
        let decision = try Self.decide(group, stored: group, Self.record(by: group, device: "sensor-7", hub: "hub.old"))
        #expect(decision.entry?.mode == .create)
        #expect(decision.registration.substatus == .initialAssignment)
    }

    @Test("new keys of the enrollment become the identity's, its status, password and limits stay")
    func newKeys() throws {
        let group = Self.group()
        var identity = DeviceIdentity(id: try #require(IdentityID("sensor-7")), status: .disabled, primaryKey: "old")
        identity.access.limits.messagesPerSecond = 5
        let record = Self.record(by: group, device: "sensor-7")
        let entry = try #require(try Self.decide(group, stored: group, record, identity: identity).entry)
        #expect(entry.mode == .update)
        #expect(entry.twin == nil)
        #expect(entry.identity.primaryKey == "wA8ltbpIxFDjODWt3hKt6Om7h/pIbnLqfvcmTPx6oEE=")
        #expect(entry.identity.status == .disabled)
        #expect(entry.identity.access == identity.access)
    }

    @Test("an identity that something else made is not a group's, and is an individual enrollment's")
    func takenIdentity() throws {
        let id = try #require(IdentityID("sensor-7"))
        let made = DeviceIdentity(id: id, primaryKey: "by hand")
        #expect(throws: ProvisioningRefusal.identityTaken(id)) {
            try Self.decide(Self.group(), stored: Self.group(), identity: made)
        }
        let own = Self.individual { $0.deviceID = nil }
        #expect(try Self.decide(own, stored: own, identity: made).entry?.identity.primaryKey == Self.ownKey)
        // A record of another device does not make it the group's either.
        let other = Self.record(by: Self.group(), device: "dev-7")
        #expect(throws: ProvisioningRefusal.identityTaken(id)) {
            try Self.decide(Self.group(), stored: Self.group(), other, identity: made)
        }
    }

    @Test(
        "the hub changes when the enrollment lets it, or when the gateway has the old name no more",
        arguments: [
            // followsHub, keepsData, wanted, before, assigned, substatus
            (true, true, nil, "hub.a", "hub.a", .initialAssignment),
            (true, true, nil, "hub.b", "hub.a", .deviceDataMigrated),
            (true, false, nil, "hub.b", "hub.a", .deviceDataReset),
            (true, true, "hub.b", "hub.a", "hub.b", .deviceDataMigrated),
            (true, true, "hub.other", "hub.a", "hub.a", .initialAssignment),
            (false, false, nil, "hub.b", "hub.b", .initialAssignment),
            (false, true, nil, "hub.old", "hub.a", .deviceDataMigrated),
            (false, false, nil, "hub.old", "hub.a", .deviceDataReset),
        ] as [(Bool, Bool, String?, String, String, Registration.Substatus)]
    )
    func hubChange(
        follows: Bool,
        keeps: Bool,
        wanted: String?,
        before: String,
        assigned: String,
        substatus: Registration.Substatus
    ) throws {
        let twin = try TwinPatch(.object(["tags": .object(["site": .string("north")])]))
        let group = Self.group { enrollment in
            enrollment.followsHub = follows
            enrollment.keepsData = keeps
            enrollment.hubName = wanted
            enrollment.initialTwin = twin
        }
        let identity = try #require(try Self.decide(group, stored: group).entry?.identity)
        let record = Self.record(by: group, device: "sensor-7", hub: before)
        let decision = try Self.decide(group, stored: group, record, identity: identity)
        #expect(decision.registration.hubName == assigned)
        #expect(decision.registration.substatus == substatus)
        // The twin begins anew with both sections, or is not touched.
        #expect((decision.entry?.twin?.desired != nil) == (substatus == .deviceDataReset))
        #expect(decision.entry?.twin?.tags == (substatus == .deviceDataReset ? twin.tags : nil))
    }
}
