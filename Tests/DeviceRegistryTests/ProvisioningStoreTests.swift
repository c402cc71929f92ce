import DeviceRegistry
import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("enrollments and registrations in the registry")
struct ProvisioningStoreTests {
    private static let key = "ZHBzLWdyb3VwLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDE="

    private static func group(_ name: String) throws -> Enrollment {
        Enrollment(
            kind: .group,
            name: name,
            attestation: .keys(primary: self.key, secondary: self.key),
            initialTwin: try TwinPatch(parsing: #"{"tags":{"a":1},"properties":{"desired":{"b":null}}}"#.utf8)
        )
    }

    private static func operations(_ registry: Registry) throws -> [String] {
        try registry.store.outbox(after: 0, limit: 100, bytesMax: 1 << 20).map { $0.event.operation }
    }

    @Test("an enrollment comes back as it was put, of whatever form it is written")
    func roundTrip() throws {
        let registry = try Registry()
        let enrollments = [
            try Self.group("Fleet"),
            Enrollment(kind: .group, name: "byCA", attestation: .authorities([[0x30, 1], [2]])),
            Enrollment(
                kind: .individual,
                name: "Sensor-7",
                isEnabled: false,
                attestation: .certificates([[0x30]]),
                deviceID: "dev7",
                hubName: "hub.b",
                followsHub: false,
                keepsData: false
            ),
        ]
        for enrollment in enrollments {
            let stored = try registry.store.put(enrollment, ifMatch: nil, author: "policy:iothubowner")
            var expected = enrollment
            (expected.etag, expected.createdAt, expected.updatedAt) = (stored.etag, stored.createdAt, stored.updatedAt)
            #expect(stored == expected)
            #expect(!stored.etag.isEmpty)
            let found = Enrollment.Reference(enrollment.kind, enrollment.name.uppercased())
            #expect(try registry.store.enrollment(found) == stored)
        }
        #expect(try registry.store.enrollments(.group, after: nil, limit: 9).map(\.name) == ["byCA", "Fleet"])
        #expect(try registry.store.enrollments(.group, after: "byca", limit: 9).map(\.name) == ["Fleet"])
        #expect(try registry.store.enrollments(.group, after: nil, limit: 1).map(\.name) == ["byCA"])
    }

    @Test("etags decide about changes, and every change is an event without keys")
    func conditions() throws {
        let registry = try Registry()
        let group = try Self.group("fleet")
        let first = try registry.store.put(group, ifMatch: nil, author: "policy:p")
        #expect(throws: ProvisioningRefusal.enrollmentExists(group.reference)) {
            try registry.store.put(group, ifMatch: nil, author: "policy:p")
        }
        #expect(throws: ProvisioningRefusal.enrollmentChanged(group.reference)) {
            try registry.store.put(group, ifMatch: .etag("x"), author: "policy:p")
        }
        let second = try registry.store.put(group, ifMatch: .etag(first.etag), author: "policy:p")
        #expect(second.etag != first.etag)
        #expect(throws: ProvisioningRefusal.enrollmentChanged(group.reference)) {
            try registry.store.delete(group.reference, ifMatch: .etag(first.etag), author: "policy:p")
        }
        try registry.store.delete(group.reference, ifMatch: .any, author: "policy:p")
        #expect(throws: ProvisioningRefusal.enrollmentNotFound(group.reference)) {
            try registry.store.delete(group.reference, ifMatch: .any, author: "policy:p")
        }
        #expect(try Self.operations(registry) == ["createEnrollment", "updateEnrollment", "deleteEnrollment"])
        for row in try registry.store.outbox(after: 0, limit: 9, bytesMax: 1 << 20) {
            #expect(!String(decoding: row.event.value, as: UTF8.self).contains(Self.key.prefix(8)))
        }
    }

    @Test("a registration makes the identity with its twin once, and its events with it")
    func register() throws {
        let registry = try Registry()
        let group = try registry.store.put(Self.group("fleet"), ifMatch: nil, author: "")
        let id = try #require(RegistrationID("Sensor-7"))
        let proof = ProvisioningProof(group)
        let first = try registry.store.register(id, proof: proof, hubNames: ["hub.a"])
        let device = try #require(IdentityID("Sensor-7"))
        let made = try #require(try registry.store.twin(device))
        #expect(made.identity.primaryKey == id.deviceKey(ofGroup: Self.key))
        #expect(made.twin.tags == ["a": .integer(1)])
        let lower = try #require(RegistrationID("sensor-7"))
        // Without case it is the same registration; its key is another, but this device was let in as it is.
        let second = try registry.store.register(lower, proof: proof, hubNames: ["hub.a"])
        #expect(second.deviceID == first.deviceID)
        #expect(second.etag != first.etag)
        let again = try #require(try registry.store.identity(made.identity.id))
        #expect(again.generationID == made.identity.generationID)
        #expect(try registry.store.registration("SENSOR-7") == second)
        #expect(try registry.store.registrations(of: group.reference, after: nil, limit: 5) == [second])
        #expect(
            try Self.operations(registry) == [
                "createEnrollment", "createDeviceIdentity", "deviceRegistered", "deviceRegistered",
            ]
        )
    }

    @Test("its own enrollment wins over groups, also a disabled one, and when it comes after CONNECT")
    func precedence() throws {
        let registry = try Registry()
        let group = try registry.store.put(Self.group("fleet"), ifMatch: nil, author: "")
        let id = try #require(RegistrationID("sensor-7"))
        #expect(try registry.store.candidates(for: id) == [group])
        let own = Enrollment(
            kind: .individual,
            name: "Sensor-7",
            isEnabled: false,
            attestation: .keys(primary: "a", secondary: "b")
        )
        let stored = try registry.store.put(own, ifMatch: nil, author: "")
        #expect(try registry.store.candidates(for: id) == [stored])
        #expect(throws: ProvisioningRefusal.notEntitled) {
            try registry.store.register(id, proof: ProvisioningProof(group), hubNames: ["hub.a"])
        }
        #expect(try registry.store.identity(#require(IdentityID("sensor-7"))) == nil)
    }

    @Test("a name that an application has is refused, and nothing is stored")
    func nameTaken() throws {
        let registry = try Registry()
        let group = try registry.store.put(Self.group("fleet"), ifMatch: nil, author: "")
        _ = try registry.store.apply(ApplicationChange.create(ApplicationIdentity(name: "grafana")))
        let id = try #require(RegistrationID("grafana"))
        #expect(throws: ProvisioningRefusal.registry(.nameTaken("grafana"))) {
            try registry.store.register(id, proof: ProvisioningProof(group), hubNames: ["hub.a"])
        }
        #expect(try registry.store.registration("grafana") == nil)
    }

    @Test("an enrollment takes its registrations along, and leaves the identities; so does a deleted registration")
    func deletion() throws {
        let registry = try Registry()
        let authority = Enrollment(kind: .group, name: "ca", attestation: .authorities([[1], [2]]))
        let group = try registry.store.put(authority, ifMatch: nil, author: "")
        let device = try #require(IdentityID("sensor-7"))
        let id = try #require(RegistrationID("sensor-7"))
        let proof = ProvisioningProof(group)
        #expect(try registry.store.authorities(ofDevice: device) == [])
        let record = try registry.store.register(id, proof: proof, hubNames: ["hub.a"])
        #expect(try registry.store.authorities(ofDevice: device) == [[1], [2]])
        #expect(throws: ProvisioningRefusal.registrationChanged("sensor-7")) {
            try registry.store.deleteRegistration("sensor-7", ifMatch: .etag("x"), author: "")
        }
        try registry.store.deleteRegistration("sensor-7", ifMatch: .etag(record.etag), author: "")
        #expect(throws: ProvisioningRefusal.registrationNotFound("sensor-7")) {
            try registry.store.deleteRegistration("sensor-7", ifMatch: .any, author: "")
        }
        _ = try registry.store.register(id, proof: proof, hubNames: ["hub.a"])
        try registry.store.delete(group.reference, ifMatch: .any, author: "")
        #expect(try registry.store.registration("sensor-7") == nil)
        #expect(try registry.store.authorities(ofDevice: device) == [])
        #expect(try registry.store.identity(device) != nil)
    }
}
