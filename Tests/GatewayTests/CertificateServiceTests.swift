import CoreMetrics
import Crypto
import DeviceRegistry
import FoundationEssentials
import HubProtocol
import Logging
import MQTTServer
import SwiftASN1
import Synchronization
import TLSTransport
import TelemetryJSON
import TelemetryModel
import Testing
import X509

@testable import Gateway

@Suite("the gateway's certificates while it runs")
struct CertificateServiceTests {
    /// A service over a folder and registry of its own, at a time that the test sets.
    private final class Fixture: Sendable {
        let path: String
        let folder: DataFolder
        let store: SQLiteIdentityStore
        let metrics = PrometheusMetrics()
        let clock: Mutex<Timestamp>
        let cut = Mutex<[Set<Int>]>([])

        init() throws {
            self.path = FileManager.default.temporaryDirectory.appending(path: "weir-ca-\(UUID().uuidString)").path()
            self.folder = try DataFolder(path: self.path)
            // Chains are verified at the time of day.
            self.clock = Mutex(Timestamp(Date.now))
            self.store = try SQLiteIdentityStore(path: self.folder.file("registry.sqlite")) { Timestamp(seconds: 0) }
        }

        deinit {
            self.store.close()
            try? FileManager.default.removeItem(atPath: self.path)
        }

        func service(_ assignments: [String] = []) throws -> CertificateService {
            let reader = ConfigurationReader(assignments: assignments, environment: [:], file: nil)
            let service = try CertificateService(
                folder: self.folder,
                configuration: try reader.configuration(hostName: "gw"),
                store: self.store,
                metrics: self.metrics,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                now: { [weak self] in self?.clock.withLock { $0 } ?? Timestamp(seconds: 0) }
            )
            service.onRevocation { [weak self] marks in self?.cut.withLock { $0.append(marks) } }
            return service
        }

        /// The decision about a device that shows a certificate; `nil` when it is accepted.
        func refusal(_ certificate: Certificate, _ service: CertificateService) async throws -> String? {
            let authenticator = RegistryAuthenticator(
                verifier: TokenVerifier(hubNames: ["gw"], policies: []),
                identities: self.store,
                authorities: service.clientAuthorities,
                certificates: self.store,
                now: { Timestamp(seconds: 0) }
            )
            let decision = await authenticator.authenticate(
                ConnectRequest(
                    clientID: "c",
                    userName: nil,
                    password: nil,
                    cleanSession: true,
                    isTLS: true,
                    remoteAddress: "",
                    clientCertificates: [try certificate.der]
                )
            )
            switch decision {
            case .accept(let accepted):
                #expect(accepted.certificate == ClientCertificate.mark(ofSerial: certificate.serial))
                return nil
            case .refuse(_, let reason):
                return reason
            }
        }

        func register(_ name: String) throws -> IdentityID {
            let id = try #require(IdentityID(name))
            try self.store.apply(.create(DeviceIdentity(id: id, kind: .certificateAuthority)), author: "policy:test")
            return id
        }
    }

    private static func request() throws -> String {
        try CertificateSigningRequest(
            version: .v1,
            subject: try DistinguishedName { CommonName("whatever") },
            privateKey: Certificate.PrivateKey(P256.Signing.PrivateKey()),
            attributes: CertificateSigningRequest.Attributes(),
            signatureAlgorithm: .ecdsaWithSHA256
        ).serializeAsPEM().pemString
    }

    private static func issue(_ subject: IdentityID, _ service: CertificateService) async throws -> Certificate {
        let document = try await service.issue(
            to: subject,
            request: try self.request(),
            days: 90,
            author: "policy:iothubowner"
        )
        return try Certificate(pemEncoded: try #require(document["certificate"]?.string))
    }

    private static func serial(_ authority: JSONObject) throws -> String {
        try #require(authority["authorities"]?.array?.first?.object?["serial"]?.string)
    }

    @Test("a certificate that the gateway gave opens its device until it is revoked; others of the device stay good")
    func revoke() async throws {
        let fixture = try Fixture()
        let service = try fixture.service()
        let device = try fixture.register("dev1")
        let first = try await Self.issue(device, service)
        let second = try await Self.issue(device, service)
        #expect(try await fixture.refusal(first, service) == nil)
        let revoked = try await service.revoke(.serial(first.serial), reason: .keyCompromise, author: "policy:p")
        #expect(revoked.map { $0["state"]?.string } == ["revoked"])
        #expect(try await fixture.refusal(first, service)?.contains("was revoked at") == true)
        #expect(try await fixture.refusal(second, service) == nil)
        #expect(fixture.cut.withLock { $0 } == [[ClientCertificate.mark(ofSerial: first.serial)]])
        #expect(try await service.revoke(.serial(first.serial), reason: .superseded, author: "").isEmpty)
        let unknown = await #expect(throws: HubError.self) {
            try await service.revoke(.serial("0102"), reason: .superseded, author: "")
        }
        #expect(unknown?.code == .certificateNotFound)
    }

    @Test("a thumbprint's own certificate can be revoked, too")
    func thumbprint() async throws {
        let fixture = try Fixture()
        let service = try fixture.service()
        let id = try #require(IdentityID("dev2"))
        let certificate = try await Self.issue(id, service)
        let thumbprint = Thumbprint.sha256(of: try certificate.der)
        let device = DeviceIdentity(id: id, kind: .selfSigned, primaryThumbprint: thumbprint)
        try fixture.store.apply(.create(device), author: "policy:test")
        #expect(try await fixture.refusal(certificate, service) == nil)
        _ = try await service.revoke(.subject(id), reason: .superseded, author: "")
        #expect(try await fixture.refusal(certificate, service)?.contains("superseded") == true)
    }

    @Test("a request that is none, or signed by another key, and an id that is too long get no certificate")
    func refused() async throws {
        let fixture = try Fixture()
        let service = try fixture.service()
        let long = try #require(IdentityID(String(repeating: "x", count: 65)))
        let other = try CertificateSigningRequest(pemEncoded: try Self.request())
        let parsed = try CertificateSigningRequest(pemEncoded: try Self.request())
        let forged = try CertificateSigningRequest(
            version: .v1,
            subject: parsed.subject,
            publicKey: other.publicKey,
            attributes: CertificateSigningRequest.Attributes(),
            signatureAlgorithm: parsed.signatureAlgorithm,
            signature: parsed.signature
        ).serializeAsPEM().pemString
        for (subject, request) in [
            (try #require(IdentityID("dev1")), "nonsense"), (try #require(IdentityID("dev1")), forged),
            (long, try Self.request()),
        ] {
            let error = await #expect(throws: HubError.self) {
                try await service.issue(to: subject, request: request, days: 1, author: "")
            }
            #expect(error?.code == .argumentInvalid)
        }
        #expect(try await service.certificates(.all, after: 0, limit: 9).items.isEmpty)
    }

    @Test("a renewal gives new connections another certificate, and one that nears its end is renewed by itself")
    func renew() async throws {
        let fixture = try Fixture()
        let service = try fixture.service()
        let contexts = try #require(service.contexts)
        let before = contexts.context
        let first = try #require(try await service.authority()["server"]?.object?["serial"]?.string)
        let second = try #require(try await service.renewServer()["server"]?.object?["serial"]?.string)
        #expect(first != second && contexts.context !== before)
        let kept = contexts.context
        try service.refresh(isRenewal: false)
        #expect(contexts.context === kept, "a good one stays")
        fixture.clock.withLock { $0 = $0 + .seconds(368 * 86_400) }
        try service.refresh(isRenewal: false)
        #expect(contexts.context !== kept)
    }

    @Test("an operator's file is read again; one that cannot be read leaves the certificate in use, and is told")
    func ownFile() async throws {
        let fixture = try Fixture()
        let now = fixture.clock.withLock { $0 }.date
        func write(_ issued: (certificatePEM: String, keyPEM: String)) throws {
            try fixture.folder.replace("own.pem", with: issued.certificatePEM.utf8)
            try fixture.folder.replace("own-key.pem", with: issued.keyPEM.utf8)
        }
        let authority = try CertificateAuthority(makingAt: now)
        try write(try authority.issueServer(names: ["gw"], at: now))
        let service = try fixture.service([
            "tls.certificateFile=\(fixture.folder.file("own.pem"))",
            "tls.keyFile=\(fixture.folder.file("own-key.pem"))",
        ])
        let contexts = try #require(service.contexts)
        let first = contexts.context
        try service.refresh(isRenewal: false)
        #expect(contexts.context === first)
        try write(try authority.issueServer(names: ["gw"], at: now))
        try service.refresh(isRenewal: false)
        let second = contexts.context
        #expect(second !== first)
        try fixture.folder.replace("own.pem", with: "nonsense".utf8)
        let error = await #expect(throws: HubError.self) { try await service.renewServer() }
        #expect(error?.message.contains("own.pem") == true && contexts.context === second)
        #expect(service.warnings.warnings.contains { $0.contains("own.pem") })
    }

    @Test("a CA takes another's place: devices of the old one come in until the change-over ends")
    func replace() async throws {
        let fixture = try Fixture()
        let service = try fixture.service()
        let device = try fixture.register("dev1")
        let old = try await Self.issue(device, service)
        let serial = try Self.serial(try await service.authority())
        for (replaced, code) in [(nil, HubError.Code.authorityAlreadyExists), ("AB", .preconditionFailed)] {
            let error = await #expect(throws: HubError.self) {
                try await service.beginAuthority(replacing: replaced, trustsFormer: true, author: "")
            }
            #expect(error?.code == code)
        }
        let context = try #require(service.contexts).context
        let made = try await service.beginAuthority(replacing: serial, trustsFormer: true, author: "policy:p")
        #expect(try Self.serial(made) != serial && made["authorities"]?.array?.count == 2)
        #expect(service.contexts?.context !== context, "the server certificate is of the new CA")
        let new = try await Self.issue(device, service)
        #expect(try await fixture.refusal(old, service) == nil)
        #expect(try await fixture.refusal(new, service) == nil)
        let retired = try await service.retireFormerAuthorities(author: "policy:p")
        #expect(retired["authorities"]?.array?.count == 1)
        #expect(try await fixture.refusal(old, service) != nil)
        #expect(try await fixture.refusal(new, service) == nil)
        #expect(fixture.cut.withLock { $0 } == [[ClientCertificate.mark(ofSerial: old.serial)]])
        let again = try fixture.service()
        #expect(try await fixture.refusal(new, again) == nil, "all of it is on the disk")
        #expect(try await fixture.refusal(old, again) != nil)
    }

    @Test("a CA that is not trusted any more opens nothing from that moment on")
    func distrust() async throws {
        let fixture = try Fixture()
        let service = try fixture.service()
        let old = try await Self.issue(try fixture.register("dev1"), service)
        let serial = try Self.serial(try await service.authority())
        let made = try await service.beginAuthority(replacing: serial, trustsFormer: false, author: "policy:p")
        #expect(made["authorities"]?.array?.count == 1)
        #expect(try await fixture.refusal(old, service) != nil)
        #expect(fixture.cut.withLock { $0.count } == 1)
    }

    @Test("without TLS listeners there is no CA until somebody asks for one")
    func initialize() async throws {
        let fixture = try Fixture()
        let service = try fixture.service(["mqtt.tlsPort=off", "https.port=off"])
        let device = try fixture.register("dev1")
        #expect(service.contexts == nil)
        let error = await #expect(throws: HubError.self) {
            try await service.issue(to: device, request: try Self.request(), days: 1, author: "")
        }
        #expect(error?.code == .authorityNotFound)
        _ = try await service.beginAuthority(replacing: nil, trustsFormer: true, author: "")
        #expect(try await fixture.refusal(try await Self.issue(device, service), service) == nil)
    }

    @Test("metrics tell how long what is in use is good, and how many certificates there are")
    func metrics() async throws {
        let fixture = try Fixture()
        let service = try fixture.service()
        _ = try await Self.issue(try fixture.register("dev1"), service)
        service.updateMetrics()
        let text = fixture.metrics.text
        func value(_ labels: String) throws -> Double {
            let line = text.split(separator: "\n").first { $0.hasPrefix(labels) }
            return try #require(line?.split(separator: " ").last.flatMap { Double(String($0)) }, "\(text)")
        }
        let server = try value(#"weir_certificate_expiry_seconds{certificate="server"}"#)
        #expect((396 * 86_400...397 * 86_400).contains(Int(server)))
        #expect(try value(#"weir_certificate_expiry_seconds{certificate="authority"}"#) > server)
        #expect(try value(#"weir_device_certificates{state="valid"}"#) == 1)
        fixture.clock.withLock { $0 = $0 + .seconds(400 * 86_400) }
        service.updateMetrics()
        #expect(fixture.metrics.text.contains(#"weir_certificate_expiry_seconds{certificate="server"} -"#))
        #expect(service.faults.count == 1)
    }
}
