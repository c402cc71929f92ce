import Crypto
import DeviceRegistry
import FoundationEssentials
import Glibc
import SwiftASN1
import TelemetryJSON
import Testing
import X509

@testable import weir

@Suite("weir ca")
struct AuthorityCommandTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test("a device gets certificate, key and what it trusts; it is listed, renewed and revoked")
    func life() async throws {
        try await GatewayFixture.run { gateway in
            let out = "\(gateway.folder)/out"
            let issued = await gateway.weir("ca", "issue", "dev1", "--out", out, "--days", "90")
            #expect(issued.status == 0, "\(issued.error)")
            #expect(issued.error.contains("weir device create dev1 --auth x509-ca"))
            let certificate = try Certificate(pemEncoded: Self.text("\(out)/dev1.pem"))
            let key = try Certificate.PrivateKey(pemEncoded: Self.text("\(out)/dev1-key.pem"))
            #expect(certificate.publicKey == key.publicKey)
            #expect(certificate.subject.description == "CN=dev1")
            let authority = try Certificate(pemEncoded: Self.text("\(out)/dev1-ca.pem"))
            #expect(authority.publicKey.isValidSignature(certificate.signature, for: certificate))
            #expect(
                try Self.text("\(gateway.folder)/tls/ca.pem").contains(try Self.text("\(out)/dev1-ca.pem").prefix(80))
            )
            var status = stat()
            #expect(stat("\(out)/dev1-key.pem", &status) == 0 && status.st_mode & 0o777 == 0o600)

            let again = await gateway.weir("ca", "issue", "dev1", "--out", out)
            #expect(again.status == 1 && again.error.contains("dev1.pem is there already"))
            let list = await gateway.weir("ca", "list")
            #expect(list.lines.count == 4 && list.output.contains("dev1") && list.output.contains("server"))
            let serial = try #require(
                try JSONValue(parsing: await gateway.weir("ca", "list", "dev1", "--json").output).object?["serial"]?
                    .string
            )

            let renewed = await gateway.weir("ca", "renew", "dev1", "--out", out)
            #expect(renewed.status == 0 && renewed.error.contains("weir ca revoke --serial \(serial)"))
            #expect(try Certificate(pemEncoded: Self.text("\(out)/dev1.pem")).publicKey != certificate.publicKey)
            let one = await gateway.weir("ca", "revoke", "--serial", serial, "--reason", "superseded")
            #expect(one.status == 0 && one.output.contains("revoked (superseded)"))
            #expect(await gateway.weir("ca", "list", "--state", "valid", "--json").lines.count == 1)
            #expect(await gateway.weir("ca", "revoke", "dev1", "--json").lines.count == 1)
            #expect(await gateway.weir("ca", "revoke", "dev1").error.contains("no certificate of dev1 was good"))
            let unknown = await gateway.weir("ca", "revoke", "nobody")
            #expect(unknown.status == 1 && unknown.error.contains("weir ca list"))
        }
    }

    @Test(
        "--register makes the device with it; one that is there is left alone",
        arguments: ["x509-ca", "x509-thumbprint"]
    )
    func register(kind: String) async throws {
        try await GatewayFixture.run { gateway in
            let out = "\(gateway.folder)/out"
            let issued = await gateway.weir("ca", "issue", "dev1", "--out", out, "--register", kind, "--json")
            #expect(issued.status == 0, "\(issued.error)")
            let line = try #require(try JSONValue(parsing: issued.output).object)
            #expect(line["keyFile"]?.string == "\(out)/dev1-key.pem" && line["certificate"] == nil)
            let stored = try gateway.stored("dev1")
            #expect(stored.kind == (kind == "x509-ca" ? .certificateAuthority : .selfSigned))
            #expect(stored.primaryThumbprint?.hex == (kind == "x509-ca" ? nil : line["thumbprint"]?.string))
            let again = await gateway.weir("ca", "issue", "dev1", "--out", "\(out)2", "--register", kind)
            #expect(again.status == 1 && again.error.contains("is registered already"))
            #expect(await gateway.weir("ca", "list", "dev1", "--json").lines.count == 1, "nothing was issued for it")
        }
    }

    @Test("a device's own request is signed, and no key is made")
    func request() async throws {
        try await GatewayFixture.run { gateway in
            let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
            let request = try CertificateSigningRequest(
                version: .v1,
                subject: try DistinguishedName { CommonName("another name") },
                privateKey: key,
                attributes: CertificateSigningRequest.Attributes(),
                signatureAlgorithm: .ecdsaWithSHA256
            )
            let file = "\(gateway.folder)/dev1.csr"
            try Data(try request.serializeAsPEM().pemString.utf8).write(to: URL(filePath: file))
            let out = "\(gateway.folder)/out"
            #expect(await gateway.weir("ca", "issue", "dev1/m", "--out", out, "--csr", file).status == 0)
            let certificate = try Certificate(pemEncoded: Self.text("\(out)/dev1-m.pem"))
            #expect(certificate.publicKey == key.publicKey && certificate.subject.description == "CN=dev1/m")
            #expect(!FileManager.default.fileExists(atPath: "\(out)/dev1-m-key.pem"))
            try Data("nonsense".utf8).write(to: URL(filePath: file))
            let wrong = await gateway.weir("ca", "issue", "dev2", "--out", out, "--csr", file)
            #expect(wrong.status == 1 && wrong.error.contains("PKCS #10"))
        }
    }

    @Test("a CA is made once; another takes its place when that is asked for, and the old one retires")
    func replace() async throws {
        try await GatewayFixture.run { gateway in
            let there = await gateway.weir("ca", "init")
            #expect(there.status == 1 && there.error.contains("weir ca init --replace"))
            let replaced = await gateway.weir("ca", "init", "--replace")
            #expect(replaced.status == 0 && replaced.output.contains("former authority"), "\(replaced.error)")
            #expect(replaced.error.contains("weir ca retire"))
            let retired = await gateway.weir("ca", "retire")
            #expect(retired.status == 0 && !retired.output.contains("former authority"))
            #expect(await gateway.weir("ca", "init", "--distrust-old").status == 2)
            #expect(await gateway.weir("ca", "init", "--replace", "--distrust-old", "--json").lines.count == 1)
        }
    }

    @Test("the server certificate is renewed, and weir doctor tells how long it is good")
    func server() async throws {
        try await GatewayFixture.run { gateway in
            let before = await gateway.weir("ca", "list", "--json").lines.first { $0.contains(#""kind":"server""#) }
            #expect(await gateway.weir("ca", "renew").status == 0)
            let after = await gateway.weir("ca", "list", "--json").lines.first { $0.contains(#""kind":"server""#) }
            #expect(before != nil && before != after)
            let doctor = await gateway.weir("doctor", "certificates")
            #expect(doctor.status == 0 && doctor.output.contains("server certificate"))
            #expect(doctor.output.contains("0 valid, 0 ending, 0 expired, 0 revoked"))
            let all = await gateway.weir("doctor")
            #expect(all.status == 0, "\(all.error)")
            #expect(all.output.contains("server certificate") && all.output.contains("every checksum is right"))
        }
    }

    @Test(
        "wrong use is status 2",
        arguments: [
            ["issue"], ["issue", "dev1", "--days", "0"], ["issue", "dev1", "--days", "3651"], ["revoke"],
            ["revoke", "dev1", "--serial", "0a"], ["revoke", "dev1", "--reason", "whim"], ["renew", "--out", "x"],
            ["renew", "--revoke-old"], ["list", "--state", "good"],
        ]
    )
    func wrongUse(arguments: [String]) async {
        #expect(await GatewayFixture.weir(["ca"] + arguments).status == 2)
    }
}
