import DeviceHub
import DeviceRegistry
import FoundationEssentials
import HubProtocol
import Logging
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("the provisioning service over a registry, contract provisioning")
struct ProvisioningServiceTests {
    /// A registry in a folder of its own, and the service over it.
    private final class Scene: Sendable {
        let store: SQLiteIdentityStore
        let service: ProvisioningService
        private let folder = FileManager.default.temporaryDirectory.appending(path: "weir-dps-\(UUID().uuidString)")

        init() throws {
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
            let now: @Sendable () -> Timestamp = { Timestamp(seconds: 1_795_000_000) }
            self.store = try SQLiteIdentityStore(path: self.folder.appending(path: "r.sqlite").path(), now: now)
            self.service = ProvisioningService(
                configuration: ProvisioningConfiguration(idScope: "weir", hubNames: ["hub.a", "hub.b"]),
                store: self.store,
                now: now,
                logger: Logger(label: "dps") { _ in SwiftLogNoOpLogHandler() }
            )
        }

        deinit {
            self.store.close()
            try? FileManager.default.removeItem(at: self.folder)
        }

        func put(
            _ kind: Enrollment.Kind,
            _ name: String,
            _ body: String,
            ifMatch condition: EntityTagCondition? = nil
        ) async throws -> JSONObject {
            try await self.service.put(kind, name, Scene.object(body), ifMatch: condition, author: "policy:p")
        }

        static func object(_ text: String) throws -> JSONObject {
            try #require(try JSONValue(parsing: text).object)
        }

        /// The code of the refusal of `body`; `nil` when there was none.
        static func code<Value>(_ body: () async throws(HubError) -> Value) async -> HubError.Code? {
            do throws(HubError) {
                _ = try await body()
                return nil
            } catch {
                return error.code
            }
        }
    }

    private static let keys = #"{"attestation":{"type":"symmetricKey"}}"#

    @Test("a device of a group registers in one round trip, and can ask for its state again")
    func register() async throws {
        let scene = try Scene()
        _ = try await scene.put(.group, "fleet", Self.keys)
        let keys = try await scene.service.attestation(.group, "fleet")["symmetricKey"]?.object
        let groupKey = try #require(keys?["primaryKey"]?.string)
        let id = try #require(RegistrationID("sensor-7"))
        let deviceKey = try #require(id.deviceKey(ofGroup: groupKey))
        let token = SASToken.make(
            resource: "weir/registrations/sensor-7",
            key: try #require(SASToken.keyBytes(deviceKey)),
            expiry: Timestamp(seconds: 1_795_000_060)
        )
        let userName = try ProvisioningUserName(parsing: "weir/registrations/sensor-7")
        let proof = try await scene.service.admit(SASToken(parsing: token), userName)
        let body = Array(#"{"payload":null,"registrationId":"sensor-7"}"#.utf8)
        let answer = await scene.service.register(id, proof: proof, body: body)
        let document = try Scene.object(String(decoding: answer.body, as: UTF8.self))
        let state = try #require(document["registrationState"]?.object)
        #expect(answer.status == 200)
        #expect(document["status"] == .string("assigned"))
        #expect(state["deviceId"] == .string("sensor-7"))
        #expect(state["assignedHub"] == .string("hub.a"))
        #expect(state["substatus"] == .string("initialAssignment"))
        let operation = try #require(document["operationId"]?.string)
        #expect(scene.service.status(operation, of: id) == answer)
        #expect(scene.service.status("5.unknown", of: id).status == 404)
        #expect(try scene.store.identity(#require(IdentityID("sensor-7")))?.primaryKey == deviceKey)
        #expect(try await scene.service.registration("Sensor-7")["enrollmentGroupId"] == .string("fleet"))

        // Disabled between CONNECT and the request: refused, in the contract's form.
        let disabled = #"{"attestation":{"type":"symmetricKey"},"provisioningStatus":"disabled"}"#
        _ = try await scene.put(.group, "fleet", disabled, ifMatch: .any)
        let refused = await scene.service.register(id, proof: proof, body: body)
        let error = try Scene.object(String(decoding: refused.body, as: UTF8.self))
        #expect(refused.status == 401)
        #expect(error["errorCode"] == .integer(401_002))
    }

    @Test(
        "a body that is no object, or another's, is refused; none is taken",
        arguments: [
            ("", 200), (" ", 200), (#"{"registrationId":"SENSOR-7"}"#, 200), ("{}", 200),
            (#"{"registrationId":null}"#, 200), (#"{"registrationId":"sensor-8"}"#, 400),
            (#"{"registrationId":7}"#, 400), ("[]", 400), ("{", 400),
        ]
    )
    func body(text: String, status: Int) async throws {
        let scene = try Scene()
        _ = try await scene.put(.individual, "sensor-7", Self.keys)
        let enrollment = try #require(try scene.store.enrollment(Enrollment.Reference(.individual, "sensor-7")))
        let id = try #require(RegistrationID("sensor-7"))
        let answer = await scene.service.register(id, proof: ProvisioningProof(enrollment), body: Array(text.utf8))
        #expect(answer.status == status)
    }

    @Test("an identity that is not the group's fails the registration with a sentence")
    func failed() async throws {
        let scene = try Scene()
        _ = try await scene.put(.group, "fleet", Self.keys)
        let enrollment = try #require(try scene.store.enrollment(Enrollment.Reference(.group, "fleet")))
        let device = try #require(IdentityID("sensor-7"))
        _ = try scene.store.apply(.create(DeviceIdentity(id: device, primaryKey: "a", secondaryKey: "b")))
        let id = try #require(RegistrationID("sensor-7"))
        let answer = await scene.service.register(id, proof: ProvisioningProof(enrollment), body: [])
        let document = try Scene.object(String(decoding: answer.body, as: UTF8.self))
        #expect(answer.status == 200)
        #expect(document["status"] == .string("failed"))
        #expect(document["registrationState"]?.object?["status"] == .string("failed"))
    }

    @Test("keys are made, kept by a change that does not name them, and told only to who asks for them")
    func keysOfDocuments() async throws {
        let scene = try Scene()
        let made = try await scene.put(.individual, "sensor-7", Self.keys)
        #expect(made["attestation"] == .object(["type": .string("symmetricKey")]))
        let keys = try await scene.service.attestation(.individual, "sensor-7")
        let primary = try #require(keys["symmetricKey"]?.object?["primaryKey"]?.string)
        #expect(SASToken.keyBytes(primary)?.count == 32)
        var changed = made
        changed.set("provisioningStatus", to: .string("disabled"))
        let etag = try #require(made["etag"]?.string)
        let stored = try await scene.put(.individual, "sensor-7", changed.description, ifMatch: .etag(etag))
        #expect(stored["provisioningStatus"] == .string("disabled"))
        #expect(try await scene.service.attestation(.individual, "sensor-7") == keys)
        let new = SASToken.makeKey()
        let body = #"{"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"\#(new)"}}}"#
        _ = try await scene.put(.individual, "sensor-7", body, ifMatch: .any)
        let after = try await scene.service.attestation(.individual, "sensor-7")["symmetricKey"]?.object
        #expect(after?["primaryKey"] == .string(new))
        #expect(after?["secondaryKey"] == keys["symmetricKey"]?.object?["secondaryKey"])
    }

    @Test("a certificate is kept by its thumbprint")
    func certificates() async throws {
        let scene = try Scene()
        let der: [UInt8] = [0x30, 0x82, 0, 2, 1, 2]
        let text = Data(der).base64EncodedString()
        let certificates = #"{"clientCertificates":{"primary":{"certificate":"\#(text)"}}}"#
        let body = #"{"attestation":{"type":"x509","x509":\#(certificates)}}"#
        let made = try await scene.put(.individual, "sensor-7", body)
        let reference = Enrollment.Reference(.individual, "sensor-7")
        #expect(try scene.store.enrollment(reference)?.attestation == .certificates([der]))
        _ = try await scene.put(.individual, "sensor-7", made.description, ifMatch: .any)
        #expect(try scene.store.enrollment(reference)?.attestation == .certificates([der]))
    }

    @Test(
        "a document that cannot be is refused",
        arguments: [
            #"{}"#, #"{"attestation":{"type":"tpm"}}"#, #"{"attestation":{"type":"x509"}}"#,
            #"{"attestation":{"type":"x509","x509":{"clientCertificates":{}}}}"#,
            #"{"attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":"x"}}}}}"#,
            #"{"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"AAAA"}}}"#,
            #"{"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":7}}}"#,
            #"{"attestation":{"type":"symmetricKey"},"registrationId":"other"}"#,
            #"{"attestation":{"type":"symmetricKey"},"provisioningStatus":"on"}"#,
            #"{"attestation":{"type":"symmetricKey"},"deviceId":"a/b"}"#,
            #"{"attestation":{"type":"symmetricKey"},"iotHubHostName":"hub.other"}"#,
            #"{"attestation":{"type":"symmetricKey"},"initialTwin":{"tags":{"a.b":1}}}"#,
            #"{"attestation":{"type":"symmetricKey"},"capabilities":{"iotEdge":true}}"#,
            #"{"attestation":{"type":"symmetricKey"},"allocationPolicy":"custom"}"#,
            #"{"attestation":{"type":"symmetricKey"},"reprovisionPolicy":{"migrateDeviceData":1}}"#,
        ]
    )
    func refusedDocuments(text: String) async throws {
        let scene = try Scene()
        let body = try Scene.object(text)
        let code = await Scene.code { () async throws(HubError) in
            try await scene.service.put(.individual, "sensor-7", body, ifMatch: nil, author: "")
        }
        #expect(code == .argumentInvalid)
    }

    @Test("conditions, pages and deletions answer as the API's other resources do")
    func resources() async throws {
        let scene = try Scene()
        let service = scene.service
        for name in ["a", "b", "c"] { _ = try await scene.put(.group, name, Self.keys) }
        let body = try Scene.object(Self.keys)
        #expect(
            await Scene.code { () async throws(HubError) in
                try await service.put(.group, "A", body, ifMatch: nil, author: "")
            } == .enrollmentAlreadyExists
        )
        #expect(
            await Scene.code { () async throws(HubError) in
                try await service.put(.group, "d", body, ifMatch: .any, author: "")
            } == .enrollmentNotFound
        )
        #expect(
            await Scene.code { () async throws(HubError) in
                try await service.put(.group, "a", body, ifMatch: .etag("x"), author: "")
            } == .preconditionFailed
        )
        let first = try await service.enrollments(.group, limit: 2, after: nil)
        #expect(first.items.map { $0["enrollmentGroupId"] } == [.string("a"), .string("b")])
        let second = try await service.enrollments(.group, limit: 2, after: first.continuation)
        #expect(second.items.map { $0["enrollmentGroupId"] } == [.string("c")])
        #expect(second.continuation == nil)
        try await service.delete(.group, "B", ifMatch: .any, author: "")
        #expect(
            await Scene.code { () async throws(HubError) in try await service.enrollment(.group, "b") }
                == .enrollmentNotFound
        )
        #expect(
            await Scene.code { () async throws(HubError) in try await service.registration("x") }
                == .registrationNotFound
        )
        #expect(
            await Scene.code { () async throws(HubError) in
                try await service.registrations(of: .group, "b", limit: 9, after: nil)
            } == .enrollmentNotFound
        )
    }
}
