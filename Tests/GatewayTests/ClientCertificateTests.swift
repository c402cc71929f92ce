import Crypto
import DeviceRegistry
import FoundationEssentials
import Gateway
import HubProtocol
import MQTTCodec
import MQTTServer
import SwiftASN1
import TelemetryModel
import Testing
import X509

@Suite("client certificates, contract iothub-mqtt section 3")
struct ClientCertificateTests {
    /// A key and what it signs.
    private struct Issuer {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name: String
        var certificate: Certificate?

        /// A certificate for `key` of a subject, of this issuer.
        func issue(
            _ subject: String,
            key: Certificate.PrivateKey,
            isAuthority: Bool = false,
            from: TimeInterval = -3_600,
            to: TimeInterval = 3_600,
            uses: [ExtendedKeyUsage.Usage]? = nil
        ) throws -> Certificate {
            try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: key.publicKey,
                notValidBefore: Date.now + from,
                notValidAfter: Date.now + to,
                issuer: try DistinguishedName { CommonName(self.name) },
                subject: try DistinguishedName { CommonName(subject) },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(
                        isAuthority
                            ? BasicConstraints.isCertificateAuthority(maxPathLength: nil)
                            : BasicConstraints.notCertificateAuthority
                    )
                    if let uses { Critical(try ExtendedKeyUsage(uses)) }
                },
                issuerPrivateKey: self.key
            )
        }

        /// A self-signed authority.
        static func root(_ name: String) throws -> Issuer {
            var issuer = Issuer(name: name)
            issuer.certificate = try issuer.issue(name, key: issuer.key, isAuthority: true)
            return issuer
        }
    }

    private static func der(_ certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    /// Decides about a CONNECT with these certificates at a registry of these identities.
    private static func code(
        _ chain: [Certificate],
        roots: [Certificate] = [],
        devices: [DeviceIdentity] = [],
        applications: [ApplicationIdentity] = [],
        userName: String? = nil,
        clientID: String = "c",
        password: String? = nil,
        first: [Certificate]? = nil
    ) async throws -> ReasonCode {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-x509-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteIdentityStore(path: folder.appending(path: "r.sqlite").path()) { Timestamp(seconds: 0) }
        defer { store.close() }
        for device in devices { try store.apply(.create(device), author: "policy:test") }
        for application in applications { try store.apply(ApplicationChange.create(application)) }
        let authenticator = RegistryAuthenticator(
            verifier: TokenVerifier(hubNames: ["hub"], policies: []),
            identities: store,
            authorities: ClientAuthorities(roots: roots),
            now: { Timestamp(seconds: 0) }
        )
        func decide(_ chain: [Certificate]) async throws -> ReasonCode {
            let decision = await authenticator.authenticate(
                ConnectRequest(
                    clientID: clientID,
                    userName: userName,
                    password: password.map { Array($0.utf8) },
                    cleanSession: true,
                    isTLS: true,
                    remoteAddress: "",
                    clientCertificates: try chain.map(self.der)
                )
            )
            if case .refuse(let code, _) = decision { return code }
            return .success
        }
        if let first { _ = try await decide(first) }
        return try await decide(chain)
    }

    private static func device(
        _ name: String,
        _ kind: AuthenticationKind = .certificateAuthority,
        _ change: (inout DeviceIdentity) throws -> Void = { _ in }
    ) throws -> DeviceIdentity {
        var device = DeviceIdentity(id: try #require(IdentityID(name)), kind: kind)
        try change(&device)
        return device
    }

    @Test("a self-signed certificate opens its device by SHA-1 or SHA-256, primary or secondary; no other does")
    func selfSigned() async throws {
        let own = try Issuer.root("whatever")
        let certificate = try #require(own.certificate)
        let other = try #require(try Issuer.root("whatever").certificate)
        let der = try Self.der(certificate)
        for (primary, secondary) in [
            (Thumbprint.sha1(of: der), nil), (nil, Thumbprint.sha256(of: der)),
        ] as [(Thumbprint?, Thumbprint?)] {
            let device = try Self.device("dev1", .selfSigned) {
                $0.primaryThumbprint = primary
                $0.secondaryThumbprint = secondary
            }
            for userName in [nil, "dev1", "hub/dev1/?api-version=1"] {
                let clientID = userName?.hasPrefix("hub") == true ? "dev1" : "c"
                #expect(
                    try await Self.code([certificate], devices: [device], userName: userName, clientID: clientID)
                        == .success
                )
                #expect(
                    try await Self.code([other], devices: [device], userName: userName, clientID: clientID)
                        == .notAuthorized
                )
            }
        }
    }

    @Test("a thumbprint of several identities needs a user name; an application has one too")
    func shared() async throws {
        let certificate = try #require(try Issuer.root("whatever").certificate)
        let thumbprint = Thumbprint.sha256(of: try Self.der(certificate))
        let device = try Self.device("dev1", .selfSigned) { $0.primaryThumbprint = thumbprint }
        let application = ApplicationIdentity(name: "app", thumbprint: thumbprint)
        #expect(try await Self.code([certificate], applications: [application]) == .success)
        #expect(
            try await Self.code([certificate], devices: [device], applications: [application]) == .notAuthorized
        )
        for userName in ["app", "dev1"] {
            #expect(
                try await Self.code(
                    [certificate],
                    devices: [device],
                    applications: [application],
                    userName: userName
                ) == .success
            )
        }
    }

    @Test("a chain to a registered CA opens the device its common name says, with case")
    func chain() async throws {
        let root = try Issuer.root("root")
        let roots = [try #require(root.certificate)]
        let devices = [try Self.device("dev1"), try Self.device("dev1/mod1"), try Self.device("DEV1")]
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        for (subject, userName, code) in [
            ("dev1", nil, ReasonCode.success), ("dev1/mod1", nil, .success), ("dev1", "dev1", .success),
            ("dev1", "DEV1", .notAuthorized), ("dev1", "dev1/mod1", .notAuthorized), ("dev2", nil, .notAuthorized),
            ("dev1", "hub/dev1/?api-version=1", .success), ("DEV1", "hub/dev1/?api-version=1", .notAuthorized),
        ] as [(String, String?, ReasonCode)] {
            let leaf = try root.issue(subject, key: key)
            let clientID = userName?.hasPrefix("hub") == true ? "dev1" : "c"
            #expect(
                try await Self.code([leaf], roots: roots, devices: devices, userName: userName, clientID: clientID)
                    == code,
                "\(subject) as \(userName ?? "nobody")"
            )
        }
    }

    @Test("untrusted, expired, not yet valid, of no CA, or for servers only: refused")
    func refused() async throws {
        let root = try Issuer.root("root")
        let roots = [try #require(root.certificate)]
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let devices = [try Self.device("dev1")]
        let stranger = try Issuer.root("root")
        var leafKey = Issuer(name: "dev0")
        leafKey.certificate = try root.issue("dev0", key: leafKey.key)
        for (chain, code) in [
            ([try root.issue("dev1", key: key)], ReasonCode.success),
            ([try root.issue("dev1", key: key, uses: [.clientAuth])], .success),
            ([try root.issue("dev1", key: key, uses: [.serverAuth])], .notAuthorized),
            ([try root.issue("dev1", key: key, to: -1)], .notAuthorized),
            ([try root.issue("dev1", key: key, from: 60)], .notAuthorized),
            ([try stranger.issue("dev1", key: key)], .notAuthorized),
            ([try stranger.issue("dev1", key: key), try #require(stranger.certificate)], .notAuthorized),
            ([try leafKey.issue("dev1", key: key), try #require(leafKey.certificate)], .notAuthorized),
        ] {
            #expect(try await Self.code(chain, roots: roots, devices: devices) == code)
        }
        #expect(try await Self.code([try root.issue("dev1", key: key)], devices: devices) == .notAuthorized)
    }

    @Test("an intermediate is taken from the chain, and remembered for a resumed session that brings the leaf only")
    func intermediate() async throws {
        let root = try Issuer.root("root")
        var middle = Issuer(name: "middle")
        middle.certificate = try root.issue("middle", key: middle.key, isAuthority: true)
        let leaf = try middle.issue("dev1", key: Certificate.PrivateKey(P256.Signing.PrivateKey()))
        let chain = [leaf, try #require(middle.certificate)]
        let roots = [try #require(root.certificate)]
        let devices = [try Self.device("dev1")]
        #expect(try await Self.code(chain, roots: roots, devices: devices) == .success)
        #expect(try await Self.code([leaf], roots: roots, devices: devices) == .notAuthorized)
        #expect(try await Self.code([leaf], roots: roots, devices: devices, first: chain) == .success)
    }

    @Test("four intermediates are looked at, no more", arguments: [(4, ReasonCode.success), (5, .notAuthorized)])
    func intermediates(count: Int, code: ReasonCode) async throws {
        let root = try Issuer.root("root")
        var issuer = root
        var chain: [Certificate] = []
        for number in 0..<count {
            var next = Issuer(name: "middle \(number)")
            next.certificate = try issuer.issue(next.name, key: next.key, isAuthority: true)
            chain.insert(try #require(next.certificate), at: 0)
            issuer = next
        }
        chain.insert(try issuer.issue("dev1", key: Certificate.PrivateKey(P256.Signing.PrivateKey())), at: 0)
        let decision = try await Self.code(
            chain,
            roots: [try #require(root.certificate)],
            devices: [try Self.device("dev1")]
        )
        #expect(decision == code)
    }

    @Test("a certificate together with a password: the password decides")
    func password() async throws {
        let certificate = try #require(try Issuer.root("x").certificate)
        let thumbprint = Thumbprint.sha256(of: try Self.der(certificate))
        let device = try Self.device("dev1", .selfSigned) {
            $0.primaryThumbprint = thumbprint
            $0.access.password = try PasswordHash(hashing: Array("password".utf8))
        }
        for (password, code) in [(nil, ReasonCode.success), ("password", .success), ("passwort", .notAuthorized)] {
            #expect(
                try await Self.code([certificate], devices: [device], userName: "dev1", password: password) == code
            )
        }
    }

    @Test("an identity of another kind, disabled, or what is no certificate at all: refused")
    func others() async throws {
        let root = try Issuer.root("root")
        let leaf = try root.issue("dev1", key: Certificate.PrivateKey(P256.Signing.PrivateKey()))
        let roots = [try #require(root.certificate)]
        for kind in [AuthenticationKind.sas, .selfSigned, .none] {
            #expect(
                try await Self.code([leaf], roots: roots, devices: [try Self.device("dev1", kind)]) == .notAuthorized
            )
        }
        let disabled = try Self.device("dev1") { $0.status = .disabled }
        #expect(try await Self.code([leaf], roots: roots, devices: [disabled]) == .notAuthorized)
    }

    @Test("a CA file that is missing or none is one sentence with its path; no file is none, too")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-ca-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try DataFolder(path: path)
        _ = try ClientAuthorities(files: [])
        let error = #expect(throws: StartError.self) {
            _ = try ClientAuthorities(files: ["/nonexistent/ca.pem"])
        }
        #expect(error?.description.contains("/nonexistent/ca.pem") == true)
        try folder.replace("none.pem", with: "nonsense".utf8)
        #expect(throws: StartError.self) {
            _ = try ClientAuthorities(files: [folder.file("none.pem")])
        }
    }
}
