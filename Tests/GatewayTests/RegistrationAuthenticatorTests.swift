import Crypto
import DeviceHub
import DeviceRegistry
import FoundationEssentials
import Gateway
import HubProtocol
import Logging
import MQTTCodec
import MQTTProtocol
import MQTTServer
import SwiftASN1
import TelemetryModel
import Testing
import X509

@Suite("who may register, contract provisioning sections 1, 2 and 5")
struct RegistrationAuthenticatorTests {
    /// A registry with enrollments, and its authenticator.
    private final class Scene: Sendable {
        let store: SQLiteIdentityStore
        let authenticator: RegistryAuthenticator
        private let folder = FileManager.default.temporaryDirectory.appending(path: "weir-reg-\(UUID().uuidString)")

        init() throws {
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
            let now: @Sendable () -> Timestamp = { Timestamp(seconds: 1_795_000_000) }
            self.store = try SQLiteIdentityStore(path: self.folder.appending(path: "r.sqlite").path(), now: now)
            self.authenticator = RegistryAuthenticator(
                verifier: TokenVerifier(hubNames: ["hub"], policies: []),
                identities: self.store,
                provisioning: ProvisioningService(
                    configuration: ProvisioningConfiguration(idScope: "weir", hubNames: ["hub"]),
                    store: self.store,
                    now: now,
                    logger: Logger(label: "dps") { _ in SwiftLogNoOpLogHandler() }
                ),
                now: now
            )
        }

        deinit {
            self.store.close()
            try? FileManager.default.removeItem(at: self.folder)
        }

        func decide(
            _ clientID: String,
            _ userName: String,
            password: String? = nil,
            chain: [Certificate] = []
        ) async throws -> ConnectDecision {
            await self.authenticator.authenticate(
                ConnectRequest(
                    clientID: clientID,
                    userName: userName,
                    password: password.map { Array($0.utf8) },
                    cleanSession: false,
                    isTLS: true,
                    remoteAddress: "192.0.2.1:1",
                    clientCertificates: try chain.map(RegistrationAuthenticatorTests.der)
                )
            )
        }

        func code(
            _ clientID: String,
            _ userName: String,
            password: String? = nil,
            chain: [Certificate] = []
        ) async throws -> ReasonCode {
            switch try await self.decide(clientID, userName, password: password, chain: chain) {
            case .accept: .success
            case .refuse(let code, _): code
            }
        }
    }

    private static func der(_ certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    private static func token(_ id: String, key: String, scope: String = "weir", seconds: Int64 = 60) throws -> String {
        SASToken.make(
            resource: "\(scope)/registrations/\(id)",
            key: try #require(SASToken.keyBytes(key)),
            expiry: Timestamp(seconds: 1_795_000_000 + seconds)
        )
    }

    @Test("a device of a group is a registration, without permissions, and carries what it has proven")
    func group() async throws {
        let scene = try Scene()
        let key = SASToken.makeKey()
        let group = Enrollment(kind: .group, name: "Fleet", attestation: .keys(primary: key, secondary: key))
        let stored = try scene.store.put(group, ifMatch: nil, author: "")
        let own = try #require(RegistrationID("Sensor-7")?.deviceKey(ofGroup: key))
        let name = "weir/registrations/Sensor-7/api-version=2019-03-31"
        let good = try Self.token("Sensor-7", key: own)
        guard case .accept(let accepted) = try await scene.decide("Sensor-7", name, password: good) else {
            Issue.record("a good token is refused")
            return
        }
        #expect(accepted.principal == .registration("sensor-7"))
        #expect(accepted.permissions == .none)
        #expect(accepted.attributes["enrollment"] == "fleet")
        #expect(accepted.attributes["enrollmentKind"] == "group")
        #expect(accepted.attributes["enrollmentEtag"] == stored.etag)
        #expect(accepted.attributes["authScope"] == "registration")
        #expect(try await scene.code("other", name, password: good) == .clientIDNotValid)
        #expect(try await scene.code("Sensor-7", name) == .notAuthorized)
        #expect(try await scene.code("Sensor-7", name, password: "x") == .notAuthorized)
        let ended = try Self.token("Sensor-7", key: own, seconds: 0)
        #expect(try await scene.code("Sensor-7", name, password: ended) == .notAuthorized)
        let groupToken = try Self.token("Sensor-7", key: key)
        #expect(try await scene.code("Sensor-7", name, password: groupToken) == .notAuthorized)
        let scope = try Self.token("Sensor-7", key: own, scope: "other")
        #expect(try await scene.code("Sensor-7", "other/registrations/Sensor-7", password: scope) == .notAuthorized)
        #expect(try await scene.code("Sensor-7", "weir/registrations/", password: good) == .badUserNameOrPassword)
        #expect(await scene.authenticator.permissions(of: accepted.principal)?("c") == nil)
    }

    @Test("certificates open by thumbprint, or by an authority when their name is the registration id")
    func certificates() async throws {
        let scene = try Scene()
        let root = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let stranger = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let authority = try Self.issue("fleet", by: "fleet", root, for: root, isAuthority: true)
        let leafKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let leaf = try Self.issue("sensor-7", by: "fleet", root, for: leafKey)
        let forged = try Self.issue("sensor-7", by: "fleet", stranger, for: leafKey)
        let single = try Self.issue("single", by: "single", leafKey, for: leafKey)
        let group = Enrollment(kind: .group, name: "fleet", attestation: .authorities([try Self.der(authority)]))
        _ = try scene.store.put(group, ifMatch: nil, author: "")
        let own = Enrollment(kind: .individual, name: "single", attestation: .certificates([try Self.der(single)]))
        _ = try scene.store.put(own, ifMatch: nil, author: "")
        let name = { (id: String) in "weir/registrations/\(id)/api-version=2019-03-31" }
        #expect(try await scene.code("sensor-7", name("sensor-7"), chain: [leaf]) == .success)
        #expect(try await scene.code("sensor-8", name("sensor-8"), chain: [leaf]) == .notAuthorized)
        #expect(try await scene.code("sensor-7", name("sensor-7"), chain: [forged]) == .notAuthorized)
        #expect(try await scene.code("single", name("single"), chain: [single]) == .success)
        #expect(try await scene.code("single", name("single"), chain: [leaf]) == .notAuthorized)
        #expect(try await scene.code("sensor-7", "other/registrations/sensor-7", chain: [leaf]) == .notAuthorized)

        // What registered by the authority connects by it.
        let stored = try #require(try scene.store.enrollment(group.reference))
        let id = try #require(RegistrationID("sensor-7"))
        let hub = "hub/sensor-7/?api-version=2021-04-12"
        #expect(
            try await scene.code("sensor-7", hub, chain: [leaf]) == .notAuthorized
        )
        _ = try scene.store.register(id, proof: ProvisioningProof(stored), hubNames: ["hub"])
        #expect(try await scene.code("sensor-7", hub, chain: [leaf]) == .success)
        #expect(
            try await scene.code("sensor-7", hub, chain: [forged]) == .notAuthorized
        )
    }

    private static func issue(
        _ subject: String,
        by issuer: String,
        _ issuerKey: Certificate.PrivateKey,
        for key: Certificate.PrivateKey,
        isAuthority: Bool = false
    ) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: Date.now - 3_600,
            notValidAfter: Date.now + 3_600,
            issuer: try DistinguishedName { CommonName(issuer) },
            subject: try DistinguishedName { CommonName(subject) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(
                    isAuthority
                        ? BasicConstraints.isCertificateAuthority(maxPathLength: nil)
                        : BasicConstraints.notCertificateAuthority
                )
            },
            issuerPrivateKey: issuerKey
        )
    }
}
